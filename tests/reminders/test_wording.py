import pytest

from reminders.wording import fill_in, plain, segments, unknown_placeholders


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ë" * 70, 1),
        ("ë" * 71, 2),
        ("ë" * 134, 2),
        ("ë" * 135, 3),
        ("é" * 160, 1),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        # A character of two never stands half in one part and half in the next.
        ("a" * 152 + "€" + "a" * 152, 3),
    ],
)
def test_segments(text, parts):
    assert segments(text) == parts


def test_plain_replaces_look_alikes_and_nothing_else():
    assert plain("‘Hoi’ – “Zoë”…\u00a0€") == "'Hoi' - \"Zoë\"... €"


def test_fill_in_closes_up_where_nothing_was_filled_in():
    values = {"first_name": "Sanne", "plan": "", "link": "https://x/a/b"}

    assert fill_in("Hoi {first_name}, tot dan. {plan} {link}", values) == (
        "Hoi Sanne, tot dan. https://x/a/b"
    )
    assert fill_in("Een\n\n{plan}\n\nTwee", values) == "Een\n\nTwee"


def test_a_client_cannot_smuggle_in_a_placeholder():
    assert fill_in("{plan}", {"plan": "{link}", "link": "x"}) == "{link}"


def test_unknown_placeholders():
    assert unknown_placeholders("{first_name} {naam} {}") == ["", "naam"]
