"""Pages and queries on a demo clinic, each as a ratio to a bare one."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import (
    setup_databases,
    setup_test_environment,
    teardown_databases,
    teardown_test_environment,
)

ROUNDS = 15


@dataclass(frozen=True)
class Measured:
    """The median of several rounds, in milliseconds, and the queries of one."""

    name: str
    milliseconds: float
    queries: int


def measure(name: str, act: Callable[[], object]) -> Measured:
    """Time something after one round to warm up."""
    asked: list[str] = []

    def count(execute, sql, *rest):  # type: ignore[no-untyped-def]
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        act()
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        act()
        times.append((time.perf_counter() - begin) * 1000)
    return Measured(name, statistics.median(times), len(asked))


def show(title: str, bare: Measured, others: list[Measured]) -> None:
    """Print each as a ratio to the bare one."""
    print(f"\n{title}\n{'':44}{'median':>9}{'ratio':>8}{'queries':>9}")
    for one in [bare, *others]:
        ratio = one.milliseconds / bare.milliseconds
        print(f"  {one.name:42}{one.milliseconds:7.1f}ms{ratio:8.1f}{one.queries:9}")


def pages() -> None:
    """Measure pages against a view that asks the database one thing."""
    from django.test import Client as Browser
    from django.urls import reverse

    from bookings.models import Appointment, Treatment, User

    browser = Browser()
    treatment = Treatment.objects.filter(practitioners__isnull=False).first()
    appointment = Appointment.objects.filter(status="booked").first()
    assert treatment
    assert appointment
    staff = Browser()
    staff.force_login(User.objects.get(username="eigenaar"))
    addresses = [
        ("treatments", browser, reverse("portal:home")),
        ("practitioners with first free day", browser, f"/boeken/{treatment.slug}/"),
        ("a week of free times", browser, f"/boeken/{treatment.slug}/tijd/"),
        ("one appointment", browser, f"/a/{appointment.token}/"),
        ("the desk's day", staff, "/desk/"),
        ("the office's report", staff, "/office/"),
    ]
    bare = measure("bare view (/healthz)", lambda: browser.get("/healthz"))
    show(
        "Pages",
        bare,
        [
            measure(name, lambda who=who, url=url: who.get(url, follow=True))  # type: ignore[misc]
            for name, who, url in addresses
        ],
    )


def availability() -> None:
    """Measure the free times of a week and of two months against one query for a week."""
    from bookings.availability import first_slots, slots_on
    from bookings.clock import now
    from bookings.models import Allocation, Clinic, Treatment
    from bookings.search import Search

    treatment = Treatment.objects.filter(practitioners__isnull=False).first()
    assert treatment
    at = now()
    zone = ZoneInfo(settings.CLINIC_TIME_ZONE)
    search = Search(treatment=treatment, clinic=Clinic.objects.get(), zone=zone, now=at)
    week = [(at + timedelta(days=n)).date() for n in range(7)]
    span = (at, at + timedelta(days=7))
    bare = measure(
        "bare query (a week of allocations)",
        lambda: list(Allocation.objects.filter(period__overlap=span).values_list("resource")),
    )
    show(
        "Availability",
        bare,
        [
            measure("free times of a week", lambda: slots_on(search, days=week)),
            measure("everybody's first free time", lambda: first_slots(search)),
        ],
    )


def run() -> None:
    """Make a demo clinic in a database of its own, measure, and take it away."""
    setup_test_environment()
    old = setup_databases(verbosity=0, interactive=False)
    try:
        print("Making a demo clinic of two months ...")
        call_command("demo", months=2, clients=300, verbosity=0)
        pages()
        availability()
    finally:
        teardown_databases(old, verbosity=0)
        teardown_test_environment()
