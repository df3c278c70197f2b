import pytest

from reminders.delivery import EFFECTS, Effect, effect_of, supersedes


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ("sent", "accepted", True),
        ("accepted", "sent", False),
        ("delivered", "sent", True),
        ("delivered", "failed", True),
        ("failed", "delivered", False),
        ("read", "delivered", True),
        ("sent", "sent", False),
        ("undelivered", "sent", True),
        ("partially_delivered", "new", False),
        ("partially_delivered", "accepted", False),
    ],
)
def test_states_only_move_forward(new, old, expected):
    assert supersedes(new, old) is expected


@pytest.mark.parametrize(
    ("code", "effect"),
    [
        (21211, Effect.NUMBER_DEAD),
        (21610, Effect.OPTED_OUT),
        (63016, Effect.OUR_MISTAKE),
        (30008, Effect.TRANSIENT),
        (63042, Effect.CHANNEL_DOWN),
        (99999, Effect.UNKNOWN),
        (None, Effect.UNKNOWN),
    ],
)
def test_effect_of(code, effect):
    assert effect_of(code) is effect


def test_every_code_has_one_effect():
    assert len(EFFECTS) == 52
