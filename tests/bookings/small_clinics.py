"""Small random clinics: a few people, rooms and devices, around the days that go wrong."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bookings.board import Board, _span
from bookings.hours import Hours, Shift
from bookings.minutes import minute_from, minute_of
from bookings.models import (
    By,
    Clinic,
    Device,
    Need,
    Practitioner,
    Resource,
    Room,
    Skill,
    SpecialHours,
    TimeOff,
    Treatment,
    WorkingHours,
)
from bookings.needs import Claim
from bookings.occupancy import CLINIC, Occupancy
from bookings.reference import Reference
from bookings.search import Search
from tests.bookings.reference_slots import MINUTE, SmallClinic, Taken

Kind = Resource.Kind
GROUPS = {Kind.ROOM: "kamer", Kind.DEVICE: "laser"}
DAY = timedelta(days=1)

# By zone, a day on which the clock changes if there is one: by an hour, by half an hour, at
# midnight, and back over midnight.
DAYS = [
    ("Europe/Amsterdam", date(2026, 3, 29)),
    ("Europe/Amsterdam", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Santiago", date(2026, 4, 4)),
    ("Pacific/Chatham", date(2026, 9, 27)),
    ("Asia/Kolkata", date(2026, 7, 1)),
    ("UTC", date(2026, 12, 31)),
]
LENGTHS = st.sampled_from([1, 7, 10, 23, 30, 45, 60, 75])


def rarely(value: object, *others: object) -> st.SearchStrategy[Any]:
    """Return a value that stands for nothing special, and once in a while another one."""
    return st.sampled_from([value] * 12 * len(others) + list(others))


@st.composite
def stretches(draw: st.DrawFn) -> list[tuple[time, time]]:
    """Return from when until when is worked on a day; often at night, where clocks change."""
    last = draw(st.sampled_from([6 * 60, 23 * 60 + 59]))
    edges = {30, last}
    if draw(st.booleans()):
        edges = draw(st.sets(st.integers(0, last), min_size=2, max_size=2))
    if last - min(edges) > 200 and draw(st.booleans()):  # a break
        edges |= draw(st.sets(st.integers(min(edges) + 90, last - 60), min_size=2, max_size=2))
    paired = sorted(edges)[: len(edges) // 2 * 2]
    clocks = [time(*divmod(edge, 60)) for edge in paired]
    return list(zip(clocks[::2], clocks[1::2], strict=True))


@st.composite
def hours_of(draw: st.DrawFn, who: int, day: date) -> list[WorkingHours]:
    """Return weekly hours for the day and its neighbours, some of them not valid then."""
    near = rarely(None, day - DAY, day, day + DAY)
    rows = []
    for one in (day - DAY, day, day + DAY):
        for opens, closes in draw(stretches()):
            from_on, until_on = draw(near), draw(near)
            if from_on and until_on and until_on < from_on:
                from_on, until_on = until_on, from_on
            rows.append(
                WorkingHours(
                    practitioner_id=who,
                    weekday=one.weekday(),
                    opens=opens,
                    closes=closes,
                    weeks=draw(st.sampled_from([0, 0, 0, 1, 2])),
                    from_on=from_on,
                    until_on=until_on,
                )
            )
    return rows


@st.composite
def needs_of(draw: st.DrawFn, treatment: Treatment) -> list[Need]:
    """Return the needs of a treatment: processing time, preparation, clean-up, several rooms."""
    length = treatment.duration_minutes
    around = st.tuples(st.sampled_from([0, 0, -5, -11]), st.sampled_from([0, 0, 10, 13]))
    before, after = draw(around)
    own = [(before, length + after)]
    if length > 20 and draw(st.booleans()):  # she is free while it works
        own = [(before, length // 3), (length // 2, length + after)]
    found = [(Kind.PRACTITIONER, begins, ends) for begins, ends in own]
    for kind in draw(st.lists(st.sampled_from([*GROUPS, Kind.ROOM]), max_size=2)):
        before, after = draw(around)
        part = draw(st.sampled_from([(0, length), (0, length), (length // 2, length)]))
        found.append((kind, part[0] + before, part[1] + after))
    return [
        Need(
            treatment_id=treatment.pk,
            kind=kind,
            group=GROUPS.get(kind, ""),
            from_minute=begins,
            until_minute=ends,
        )
        for kind, begins, ends in found
    ]


@st.composite
def a_treatment(draw: st.DrawFn, pk: int) -> Treatment:
    notice = rarely(None, timedelta(), timedelta(minutes=90), timedelta(hours=26))
    clocks = st.sampled_from(
        [time(0), time(1), time(2, 30), time(2, 45), time(4), time(9), time(13)]
    )
    return Treatment(
        pk=pk,
        slug=f"behandeling-{pk}",
        category="Huid",
        name_nl="Behandeling",
        summary_nl="Rustiger huid.",
        duration_minutes=draw(LENGTHS),
        price_cents=9500,
        minimum_notice=draw(notice),
        horizon_days=draw(rarely(None, 0, 1, 400)),
        start_step=draw(rarely(None, MINUTE * 10, MINUTE * 25)),
        start_times=draw(
            st.one_of(st.just([]), st.just([]), st.lists(clocks, min_size=3, max_size=6))
        ),
        booked_by=draw(rarely("everyone", "existing", "nobody")),
        only_as_extra=draw(rarely(False, True)),
    )


@st.composite
def taken_of(draw: st.DrawFn, who: int, midnight: datetime) -> list[Taken]:
    """Return stretches that one resource is taken, none of which overlap."""
    begins = sorted(draw(st.lists(st.integers(-2 * 60, 26 * 60), max_size=4, unique=True)))
    found = []
    for begin, following in zip(begins, [*begins[1:], 40 * 60], strict=False):
        end = min(begin + draw(LENGTHS), following)
        found.append(Taken(who, midnight + MINUTE * begin, midnight + MINUTE * end))
    return found


@st.composite
def time_off(draw: st.DrawFn, who: list[int], midnight: datetime) -> TimeOff:
    """Return leave, maintenance, or (without a resource) a closed clinic; to the second."""
    starts_at = midnight + timedelta(seconds=draw(st.integers(-6 * 3600, 26 * 3600)))
    length = draw(st.one_of(st.integers(1, 2 * 3600), st.integers(1, 600), st.just(30 * 3600)))
    return TimeOff(
        resource_id=draw(st.sampled_from([*who, *who, None])),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(seconds=length),
    )


@st.composite
def small_clinics(draw: st.DrawFn) -> tuple[SmallClinic, date]:
    """Return a clinic, and the day to look at."""
    zone_name, day = draw(st.sampled_from(DAYS))
    zone, day = ZoneInfo(zone_name), day + DAY * draw(st.sampled_from([-1, 0, 0, 0, 1]))
    midnight = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    treatments = [
        draw(a_treatment(pk)) for pk in range(1, 1 + draw(st.sampled_from([1, 1, 1, 2, 3])))
    ]
    people = [
        Practitioner(pk=pk, name=f"Noor {pk}", kind=Kind.PRACTITIONER, group="practitioner")
        for pk in range(11, 12 + draw(st.integers(0, 2)))
    ]
    people[-1].is_active = draw(rarely(True, False))
    rooms = [
        Room(pk=pk, name=f"Kamer {pk}", kind=Kind.ROOM, group=GROUPS[Kind.ROOM])
        for pk in range(21, 22 + draw(st.integers(0, 2)))
    ]
    devices = [
        Device(pk=pk, name=f"Laser {pk}", kind=Kind.DEVICE, group=GROUPS[Kind.DEVICE])
        for pk in range(31, 31 + draw(st.integers(1, 2)))
    ]
    others: list[Resource] = [*rooms, *devices]
    everybody = [one.pk for one in (*people, *others)]
    by, anyone = draw(st.sampled_from([By.CLIENT, By.CLIENT, By.CLINIC])), [None, None, 11]
    ahead = draw(st.sampled_from([*[24 * 60] * 5, -4 * 60, -60, 0, 40, 25 * 60, 3 * 24 * 60]))
    return SmallClinic(
        zone=zone,
        now=midnight - MINUTE * ahead + timedelta(seconds=draw(st.sampled_from([0, 0, 1, 31]))),
        clinic=_clinic(draw),
        wanted=tuple(treatments),
        needs=[need for one in treatments for need in draw(needs_of(one))],
        people=people,
        others=others,
        skills=_skills(draw, people, treatments),
        hours=[row for one in people for row in draw(hours_of(one.pk, day))],
        special=_special(draw, people, day),
        time_off=draw(st.lists(time_off(everybody, midnight), max_size=2)),
        taken=[one for who in everybody for one in draw(taken_of(who, midnight))],
        by=by,
        practitioner_id=draw(st.sampled_from(anyone)),
        prefers_id=draw(st.sampled_from(anyone)),
    ), day


def _clinic(draw: st.DrawFn) -> Clinic:
    return Clinic(
        pk=1,
        name="Linde huidkliniek",
        short_name="Linde",
        phone="+31201234567",
        email="afspraken@linde.example",
        minimum_notice=draw(st.sampled_from([timedelta(), timedelta(hours=2)])),
        horizon_days=draw(st.sampled_from([2, 60])),
        start_step=MINUTE * draw(st.sampled_from([5, 15, 15, 20, 30, 37])),
        gap_care=draw(st.sampled_from(Clinic.GapCare.values)),
        smallest_gap=MINUTE * draw(st.sampled_from([0, 15, 30, 50])),
    )


def _skills(
    draw: st.DrawFn, people: list[Practitioner], treatments: list[Treatment]
) -> list[Skill]:
    own = st.sampled_from([None, None, 5, 20, 50, 100])
    return [
        Skill(practitioner_id=one.pk, treatment_id=treatment.pk, minutes=draw(own))
        for one in people
        for treatment in treatments
        if draw(rarely(True, False))
    ]


def _special(draw: st.DrawFn, people: list[Practitioner], day: date) -> list[SpecialHours]:
    return [
        SpecialHours(practitioner_id=one.pk, works_on=day, opens=opens, closes=closes)
        for one in people
        if draw(rarely(False, True))
        for opens, closes in draw(stretches())
    ]


def search_in(small: SmallClinic) -> Search:
    """Return what is looked for in a small clinic, as the engine wants it said."""
    return Search(
        treatment=small.wanted[0],
        extras=small.wanted[1:],
        clinic=small.clinic,
        zone=small.zone,
        now=small.now,
        by=small.by,
        practitioner_id=small.practitioner_id,
        prefers_id=small.prefers_id,
    )


def board_of(small: SmallClinic, first_day: date, last_day: date) -> Board:
    """Return the engine's board for rows that were never saved."""
    search, reference = search_in(small), _reference(small)
    occupied = Occupancy(reference, _span(search, reference, first_day, last_day))
    taken, away = occupied.taken, occupied.away
    for one in small.taken:
        taken[one.resource_id] = taken.get(one.resource_id, 0) | _minutes(occupied, one)
    for off in small.time_off:
        who = CLINIC if off.resource_id is None else off.resource_id
        away[who] = away.get(who, 0) | _minutes(occupied, off)
    return Board(search, occupied, first_day, last_day)


def _minutes(occupied: Occupancy, one: Taken | TimeOff) -> int:
    return occupied.span.holding([(minute_of(one.starts_at), minute_from(one.ends_at))])


def _reference(small: SmallClinic) -> Reference:
    people = [one for one in small.people if one.is_active]
    needs: dict[int, tuple[Claim, ...]] = {}
    for need in small.needs:
        claim = Claim(need.kind, need.group, need.from_minute, need.until_minute)
        needs[need.treatment_id] = (*needs.get(need.treatment_id, ()), claim)
    others: dict[tuple[str, str], tuple[int, ...]] = {}
    for one in small.others:
        key = (str(one.kind), one.group)
        others[key] = (*others.get(key, ()), one.pk)
    return Reference(
        version=1,
        clinic=small.clinic,
        treatments={one.pk: one for one in small.wanted},
        needs=needs,
        practitioners={one.pk: one for one in people},
        hours={one.pk: _hours(small, one.pk) for one in people},
        skills={(one.treatment_id, one.practitioner_id): one for one in small.skills},
        others=others,
        extras={},
    )


def _hours(small: SmallClinic, who: int) -> Hours:
    special: dict[date, tuple[tuple[time, time], ...]] = {}
    for one in small.special:
        if one.practitioner_id == who:
            special[one.works_on] = (
                *special.get(one.works_on, ()),
                (one.opens, one.closes),
            )
    shifts = tuple(
        Shift(row.weekday, row.opens, row.closes, row.weeks, row.from_on, row.until_on)
        for row in small.hours
        if row.practitioner_id == who
    )
    return Hours(shifts, special)


def is_looked_at(small: SmallClinic, day: date) -> bool:
    """Tell whether the engine looks at that day at all; `days_on` asks the same of a search."""
    search = search_in(small)
    return not search.is_closed_online and search.today <= day <= search.last_day
