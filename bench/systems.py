"""What is measured: the floor, this clinic and its rivals, all asked in the same words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Protocol
from urllib.parse import urlencode

from bench.clinic_made_up import BOOKED, DEVICES, ROOMS, TREATMENTS
from bench.databases import Database
from bench.load import Request, fetch

MONTH = 30  # days; as many as one question may ask for


@dataclass(frozen=True, slots=True)
class Question:
    """When is this treatment free: with practitioner number so, or with any?"""

    treatment: str
    practitioner: int | None
    first: date
    days: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A free start, as the system wrote it and with its own number of the practitioner."""

    practitioner: int
    starts_at: str


class System(Protocol):
    """Something that serves free times and takes appointments."""

    @property
    def name(self) -> str:
        """What the table calls it."""

    def ask(self, question: Question) -> Request:
        """Return the request that answers the question."""

    def book(self, slot: Slot, client: int) -> Request:
        """Return the request by which client number so books the slot."""

    def stored(self, slot: Slot) -> int:
        """Return how many appointments start then with that practitioner."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The bare view: one query that reads the same allocations, one insert."""

    port: int
    database: Database

    def ask(self, question: Question) -> Request:
        words = {
            "resources": ",".join(str(number) for number in self._resources(question)),
            "from": question.first.isoformat(),
            "until": (question.first + timedelta(days=question.days)).isoformat(),
        }
        return Request(self.port, f"/floor?{urlencode(words)}")

    def book(self, slot: Slot) -> Request:
        wish = {"practitioner": slot.practitioner, "starts_at": slot.starts_at}
        return _post(self.port, "/floor", wish)

    def book_by_statements(self, slot: Slot, client: int) -> Request:
        """Return the request that writes all that a booking of ours does, and checks nothing."""
        wish = {"practitioner": slot.practitioner, "starts_at": slot.starts_at}
        who = {"phone": _wish(slot, client)["client"]["phone"], "rooms": self._rooms()}
        return _post(self.port, "/booking", {**wish, **who})

    def _rooms(self) -> list[int]:
        rows = self.database.rows("SELECT id FROM bookings_resource WHERE kind = 'room'")
        return sorted(int(str(number)) for (number,) in rows)

    def clear(self) -> None:
        """Forget what was booked."""
        with self.database.connect() as connection:
            connection.execute("TRUNCATE floor_booking")

    def _resources(self, question: Question) -> list[int]:
        """Return whose allocations the answer hangs on: who gives it, and where and with what."""
        treatment = next(one for one in TREATMENTS if one.key == question.treatment)
        rooms = [f"Room {number}" for number in ROOMS]
        devices = [f"Device {n}" for n, group in DEVICES.items() if group == treatment.device]
        rows = self.database.rows(
            "SELECT id FROM bookings_resource WHERE name = ANY(%s)"
            " OR kind = 'practitioner' AND (%s::text IS NULL OR name = %s)",
            [[*rooms, *devices], *[_practitioner_name(question.practitioner)] * 2],
        )
        return [int(str(number)) for (number,) in rows]


@dataclass(frozen=True, slots=True)
class Ours:
    """This clinic, through its interface for programs."""

    port: int
    database: Database
    name: str = "this clinic"

    def ask(self, question: Question) -> Request:
        name = _practitioner_name(question.practitioner)
        query = "SELECT id FROM bookings_resource WHERE name = %s"
        who = self.database.value(query, [name]) if name else None
        return Request(self.port, f"/api/v1/slots?{_words(question, who)}")

    def book(self, slot: Slot, client: int) -> Request:
        agreed = {"accepted_terms": _terms_mark(self.port)}
        key = f"{slot.practitioner}-{slot.starts_at}-{client}"
        return _post(
            self.port,
            "/api/v1/appointments",
            {**_wish(slot, client), **agreed},
            {"Idempotency-Key": key},
        )

    def stored(self, slot: Slot) -> int:
        query = (
            "SELECT count(*) FROM bookings_appointment WHERE practitioner_id = %s"
            " AND starts_at = %s AND status NOT IN ('cancelled', 'expired')"
        )
        return _count(self.database, query, slot)


@dataclass(frozen=True, slots=True)
class Rival:
    """Another system, behind the two addresses that our few lines give it."""

    port: int
    database: Database
    name: str
    count: str  # the query that counts the appointments of a practitioner at an instant

    def ask(self, question: Question) -> Request:
        return Request(self.port, f"/slots?{_words(question, question.practitioner)}")

    def book(self, slot: Slot, client: int) -> Request:
        return _post(self.port, "/book", _wish(slot, client))

    def stored(self, slot: Slot) -> int:
        return _count(self.database, self.count, slot)


@cache
def _terms_mark(port: int) -> str:
    """Return the mark of the terms that a client of ours accepts by booking."""
    answer = json.loads(fetch(Request(port, "/api/v1/treatments")).body)
    (terms,) = (one["terms"] for one in answer["treatments"] if one["slug"] == BOOKED)
    return str(terms["mark"])


def free_slots(system: System, *, first: date, days: int) -> list[Slot]:
    """Return the free starts of the treatment that is booked, of all practitioners."""
    found: list[Slot] = []
    for passed in range(0, days, MONTH):
        begin = first + timedelta(days=passed)
        question = Question(BOOKED, None, begin, min(MONTH, days - passed))
        answer = json.loads(fetch(system.ask(question)).body)
        found += [Slot(one["practitioner"], one["starts_at"]) for one in answer["slots"]]
    return found


def _practitioner_name(number: int | None) -> str | None:
    return None if number is None else f"Practitioner {number}"


def _words(question: Question, practitioner: object) -> str:
    words = {
        "treatment": question.treatment,
        "practitioner": practitioner,
        "from": question.first.isoformat(),
        "days": question.days,
    }
    return urlencode({name: word for name, word in words.items() if word is not None})


def _wish(slot: Slot, client: int) -> dict[str, Any]:
    return {
        "treatment": BOOKED,
        "practitioner": slot.practitioner,
        "starts_at": slot.starts_at,
        "client": {
            "first_name": "Client",
            "last_name": f"Number {client}",
            "phone": f"+3161{client:07}",
            "email": f"client{client}@example.com",
        },
    }


def _post(
    port: int, path: str, wish: dict[str, object], headers: dict[str, str] | None = None
) -> Request:
    body = json.dumps(wish).encode()
    kind = {"Content-Type": "application/json"}
    return Request(port, path, "POST", body, {**kind, **(headers or {})})


def _count(database: Database, query: str, slot: Slot) -> int:
    parameters: Sequence[object] = [slot.practitioner, slot.starts_at]
    return int(str(database.value(query, parameters)))
