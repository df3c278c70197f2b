"""The made-up clinic keeps its own promises, or the measurements would measure refusals."""

import csv
from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from bench import clinic_csv
from bench.clinic_made_up import ASKED, BOOKED, DAYS_AHEAD, FULL, PRACTITIONERS, shifts, skills

TODAY = date(2026, 3, 2)
COUNT = 12_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("clinic")
    clinic_csv.write(path, today=TODAY, appointments=COUNT)
    return path


def rows(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def starts(row):
    return datetime.fromisoformat(row["starts_at"])


def test_nothing_is_ever_taken_twice(folder):
    needs = defaultdict(list)
    for row in rows(folder, "needs"):
        needs[row["treatment"]].append(row)
    taken = defaultdict(list)
    for row in rows(folder, "appointments"):
        own = {"practitioner": row["practitioner"], "room": row["rooms"], "device": row["devices"]}
        for need in needs[row["treatment"]]:
            begins, ends = (
                starts(row) + timedelta(minutes=int(need[edge]))
                for edge in ("from_minute", "until_minute")
            )
            taken[own[need["kind"]]].append((begins, ends))

    overlaps = [
        (who, before, after)
        for who, periods in taken.items()
        for before, after in pairwise(sorted(periods))
        if before[1] > after[0]
    ]

    assert overlaps == []
    assert "" not in taken  # whatever is needed was given


def test_everybody_has_the_skill_and_works_then(folder):
    minutes = {row["key"]: int(row["minutes"]) for row in rows(folder, "treatments")}
    skilled = {(row["practitioner"], row["treatment"]) for row in rows(folder, "skills")}
    for row in rows(folder, "appointments"):
        at = starts(row)
        minute = at.hour * 60 + at.minute
        hours = shifts(int(row["practitioner"][1:]), at.weekday())
        assert (row["practitioner"], row["treatment"]) in skilled
        assert any(
            opens <= minute and minute + minutes[row["treatment"]] <= closes
            for opens, closes in hours
        ), row


def test_days_ahead_are_as_full_as_wanted(folder):
    minutes = {row["key"]: int(row["minutes"]) for row in rows(folder, "treatments")}
    days = [TODAY + timedelta(days=n) for n in range(DAYS_AHEAD + 1)]
    taken = sum(
        minutes[row["treatment"]]
        for row in rows(folder, "appointments")
        if starts(row).date() >= TODAY
    )
    worked = sum(
        closes - opens
        for day in days
        for who in PRACTITIONERS
        for opens, closes in shifts(who, day.weekday())
    )

    assert taken / worked == pytest.approx(FULL, abs=0.05)


def test_only_the_past_has_ended(folder):
    found = rows(folder, "appointments")

    assert len(found) == COUNT
    assert {row["status"] for row in found if starts(row).date() >= TODAY} == {"booked"}
    assert {row["status"] for row in found if starts(row).date() < TODAY} == set(clinic_csv.ENDINGS)


def test_the_same_seed_gives_the_same_files(folder, tmp_path):
    clinic_csv.write(tmp_path, today=TODAY, appointments=COUNT)

    for path in folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_everybody_gives_what_is_measured():
    for practitioner in PRACTITIONERS:
        assert {ASKED, BOOKED} <= {treatment.key for treatment in skills(practitioner)}
