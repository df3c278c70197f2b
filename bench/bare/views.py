"""One indexed query and its rows; one insert in a transaction."""

import json

from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, JsonResponse

# Seconds: making thousands of datetimes would raise the floor several times over.
READ = """
    SELECT resource_id, extract(epoch FROM lower(period))::bigint,
        extract(epoch FROM upper(period))::bigint
    FROM bookings_allocation
    WHERE resource_id = ANY(%s) AND period && tstzrange(%s, %s)
"""
TABLE = """
    CREATE TABLE floor_booking (
        id bigserial PRIMARY KEY, resource_id bigint NOT NULL, starts_at timestamptz NOT NULL,
        UNIQUE (resource_id, starts_at))
"""
WRITE = "INSERT INTO floor_booking (resource_id, starts_at) VALUES (%s, %s)"


def floor(request: HttpRequest) -> JsonResponse:
    """Read the allocations of the resources in a span, or write one row."""
    return _write(request) if request.method == "POST" else _read(request)


def _read(request: HttpRequest) -> JsonResponse:
    resources = [int(number) for number in request.GET["resources"].split(",")]
    with connection.cursor() as cursor:
        cursor.execute(READ, [resources, request.GET["from"], request.GET["until"]])
        return JsonResponse({"rows": cursor.fetchall()})


def _write(request: HttpRequest) -> JsonResponse:
    asked = json.loads(request.body)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(WRITE, [asked["practitioner"], asked["starts_at"]])
    except IntegrityError:
        return JsonResponse({}, status=409)
    return JsonResponse({}, status=201)
