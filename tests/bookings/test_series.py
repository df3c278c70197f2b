from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.series import FAR, Band, Preference, Proposal, Session, Start, Stuck, propose, ranked

AFTER = date(2026, 3, 1)  # a Sunday: day n of March is n - 1 days later
SOON = Band(0, 14, 0)


def march(day: int) -> date:
    """Return that day of March, or later."""
    return date(2026, 2, 28) + timedelta(days=day)


def free(text: str) -> dict[date, list[int]]:
    """Return the starts in “9@10:00,14:30 10@9:00”; a day alone is at nine."""
    found: dict[date, list[int]] = {}
    for part in text.split():
        day, _, clocks = part.partition("@")
        found[march(int(day))] = [minute(clock) for clock in (clocks or "9:00").split(",")]
    return found


def minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def course(*free_days: str) -> list[Session]:
    """Return sessions with these free days; the first comes soon, the others two weeks apart."""
    bands = [SOON] + [Band(7, 21, 14)] * (len(free_days) - 1)
    return [Session(one, free(days)) for one, days in zip(bands, free_days, strict=True)]


def shown(proposal: Proposal) -> str:
    starts = [(start.day - AFTER).days + 1 for start in proposal.starts]
    clocks = [f"{start.minute // 60}:{start.minute % 60:02}" for start in proposal.starts]
    return " ".join(
        f"{d}" if clock == "9:00" else f"{d}@{clock}"
        for d, clock in zip(starts, clocks, strict=True)
    )


@pytest.mark.parametrize(
    ("case", "sessions", "preference", "expected"),
    [
        ("the first as soon as can be", course("4 6 9"), Preference(), "4"),
        ("the next as advised", course("4", "11 17 18 19 25"), Preference(), "4 18"),
        ("nearest to advised", course("4", "11 16 21 25"), Preference(), "4 16"),
        ("first day of the band", course("4", "11"), Preference(), "4 11"),
        ("last day of the band", course("4", "25"), Preference(), "4 25"),
        ("looks ahead", course("4 9", "18 23", "44"), Preference(), "4 23 44"),
        ("gives up the best first day for it", course("4 9", "30"), Preference(), "9 30"),
        (
            "same time as the one before",
            course("4@14:00", "18@9:00,13:30"),
            Preference(),
            "4@14:00 18@13:30",
        ),
        (
            "the weekday before the interval",
            course("3 4", "17 18 24"),
            Preference(weekdays=frozenset([1])),  # Tuesday
            "3 17",
        ),
        (
            "no wished weekday in reach",
            course("4", "19 20"),
            Preference(weekdays=frozenset([0])),
            "4 19",
        ),
        (
            "a time worth another day",
            course("4@10:00", "18@16:00 20@10:30"),
            Preference(minute=minute("10:00")),
            "4@10:00 20@10:30",
        ),
        (
            "near enough is the same",
            course("4@10:00", "18@12:00 20@10:00"),
            Preference(minute=minute("10:00")),
            "4@10:00 18@12:00",
        ),
        ("nothing asked", [], Preference(), ""),
    ],
)
def test_propose(case, sessions, preference, expected):
    proposal = propose(sessions, after=AFTER, preference=preference)

    assert (shown(proposal), proposal.stuck) == (expected, None)


@pytest.mark.parametrize(
    ("case", "sessions", "proposed", "stuck"),
    [
        ("nothing at all", course(""), "", Stuck(0, march(1), march(15), ())),
        (
            "the first too late",
            course("16"),
            "",
            Stuck(0, march(1), march(15), (Start(march(16), 540),)),
        ),
        (
            "a day too early, a day too late, and none further",
            course("4", "10@9:00,8:30 26 40 60"),
            "4",
            Stuck(
                1,
                march(11),
                march(25),
                (Start(march(10), 510), Start(march(26), 540), Start(march(40), 540)),
            ),
        ),
        (
            "every day of the one before was tried",
            course("4 9", "31", "50"),
            "4",
            Stuck(1, march(11), march(30), (Start(march(31), 540),)),
        ),
        (
            "a day without a start is no day",
            [Session(SOON, {march(3): []})],
            "",
            Stuck(0, march(1), march(15), ()),
        ),
    ],
)
def test_a_session_that_is_impossible(case, sessions, proposed, stuck):
    proposal = propose(sessions, after=AFTER)

    assert (shown(proposal), proposal.stuck) == (proposed, stuck)


def test_alternatives_come_best_first():
    session = Session(Band(7, 21, 14), free("11 15@9:00,16:00 16 30"))

    found = ranked(session, after=march(2), near=minute("15:00"))

    assert [(start.day.day, start.minute // 60) for start in found] == [
        (16, 9),
        (15, 16),
        (15, 9),
        (11, 9),
    ]


def every_course(sessions: list[Session]) -> list[tuple[Start, ...]]:
    """Return all courses there are, by trying everything."""
    starts = [[Start(d, m) for d, minutes in s.free.items() for m in minutes] for s in sessions]
    return [
        one
        for one in product(*starts)
        if all(
            session.band.holds(before, start.day)
            for session, before, start in zip(
                sessions, [AFTER, *(s.day for s in one)], one, strict=False
            )
        )
    ]


def costs(one: tuple[Start, ...], sessions: list[Session], preference: Preference) -> list[object]:
    """Return how well each session suits, worked out from the words and not from the code."""
    found: list[object] = []
    before, near = AFTER, preference.minute
    for start, session in zip(one, sessions, strict=True):
        away = 0 if near is None else abs(start.minute - near)
        missed = int(bool(preference.weekdays) and start.day.weekday() not in preference.weekdays)
        missed += preference.minute is not None and away > FAR
        interval = (start.day - before).days
        found.append((missed, abs(interval - session.band.advised), away, start))
        before, near = start.day, start.minute if preference.minute is None else near
    return found


bands = st.tuples(st.integers(1, 4), st.integers(0, 4), st.integers(0, 4)).map(
    lambda n: Band(n[0], n[0] + n[1] + n[2], n[0] + n[1])
)
frees = st.dictionaries(
    st.integers(2, 16).map(march),
    st.lists(st.sampled_from([540, 600, 840]), max_size=2),
    max_size=4,
)
wishes = st.builds(
    Preference,
    st.frozensets(st.integers(0, 6), max_size=2),
    st.none() | st.sampled_from([540, 720, 840]),
)


@given(st.lists(st.builds(Session, bands, frees), max_size=4), wishes)
def test_the_best_course_there_is(sessions, preference):
    proposal = propose(sessions, after=AFTER, preference=preference)

    possible = every_course(sessions)
    if proposal.stuck is None:
        best = min(possible, key=lambda one: costs(one, sessions, preference))
        assert proposal.starts == best
    else:
        number = proposal.stuck.number
        assert every_course(sessions[:number])
        assert not every_course(sessions[: number + 1])
        assert len(proposal.starts) == number
        first, last = proposal.stuck.first, proposal.stuck.last
        assert not [one for one in proposal.stuck.nearest if first <= one.day <= last]
