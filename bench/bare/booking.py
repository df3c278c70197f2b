"""A booking's statements and nothing else: the same locks and rows, in two messages.

No form, no rule, no terms, no language, and none of the clinic's own code. It reads less, too:
which rooms are taken, not who is there nor by which rules. So it is the least that a booking costs
when it is written like this; what the clinic's own view takes longer is what all those cost.
"""

import json
import secrets
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from psycopg.types.range import TimestamptzRange

LENGTH, CLEANING = timedelta(minutes=15), timedelta(minutes=5)
LOOK = """
SELECT pg_advisory_xact_lock_shared(0, 0);
SELECT pg_advisory_xact_lock(0, %(day)s);
SELECT resource_id, array_agg(lower(period)), array_agg(upper(period))
  FROM bookings_allocation
 WHERE resource_id = ANY(%(rooms)s) AND period && tstzrange(%(from)s, %(until)s)
 GROUP BY resource_id;
SELECT id FROM bookings_client WHERE phone = %(phone)s ORDER BY id LIMIT 1 FOR NO KEY UPDATE
"""
STORE = """
INSERT INTO bookings_appointment ({columns}) VALUES ({values});
INSERT INTO bookings_appointmentevent (appointment_id, kind, at, by, facts)
VALUES (currval('bookings_appointment_id_seq'), 'booked', %s, 'client', '{{}}');
INSERT INTO bookings_allocation (appointment_id, resource_id, period)
VALUES (currval('bookings_appointment_id_seq'), %s, %s),
       (currval('bookings_appointment_id_seq'), %s, %s);
INSERT INTO bookings_bookingrequest (key, fingerprint, status_code, answer, created_at)
VALUES (%s, '', 201, %s, %s)
"""


def booking(request: HttpRequest) -> JsonResponse:
    """Write one appointment of a known client, in the first of some rooms that is free."""
    asked, now = json.loads(request.body), datetime.now(UTC)
    start = datetime.fromisoformat(asked["starts_at"]).astimezone(UTC)
    with transaction.atomic():
        taken, client = _look(start, asked)
        room = next(one for one in asked["rooms"] if _is_free(taken.get(one), start))
        answer = {"status": "booked", "token": secrets.token_urlsafe(12)}
        own = {
            "token": answer["token"],
            "client_id": client,
            "practitioner_id": asked["practitioner"],
            "starts_at": start,
            "ends_at": start + LENGTH,
        }
        row = {**_usual(), **own}
        visit = TimestamptzRange(start, start + LENGTH)
        whole = TimestamptzRange(start, start + LENGTH + CLEANING)
        rest = [now, asked["practitioner"], visit, room, whole, answer["token"]]
        with connection.cursor() as cursor:
            cursor.execute(_store(), [*row.values(), *rest, json.dumps(answer), now])
    return JsonResponse(answer, status=201)


def _look(start: datetime, asked: dict[str, Any]) -> tuple[dict[int, tuple[Any, ...]], int]:
    day = start.replace(hour=0, minute=0)
    values = {
        "day": int(day.timestamp()) // 86_400,
        "rooms": asked["rooms"],
        "from": day,
        "until": day + timedelta(days=1),
        "phone": asked["phone"],
    }
    with connection.cursor() as cursor:
        cursor.execute(LOOK, values)
        cursor.nextset()
        cursor.nextset()
        taken = {room: (begins, ends) for room, begins, ends in cursor.fetchall()}
        cursor.nextset()
        return taken, cursor.fetchone()[0]


def _is_free(taken: tuple[Any, ...] | None, start: datetime) -> bool:
    end = start + LENGTH + CLEANING
    return taken is None or all(
        end <= begins or ends <= start for begins, ends in zip(*taken, strict=True)
    )


@cache
def _usual() -> dict[str, Any]:
    """Return the columns of an appointment there is, but for what is its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bookings_appointment WHERE status = 'booked' LIMIT 1")
        names = [column.name for column in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True))
    return {name: value for name, value in row.items() if name not in ("id", "import_key")}


@cache
def _store() -> str:
    columns = _usual()
    return STORE.format(columns=", ".join(columns), values=", ".join(["%s"] * len(columns)))
