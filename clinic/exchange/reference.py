"""The rows of an export that say who works in a clinic, with what, and when."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bookings.models import (
    Need,
    Practitioner,
    Resource,
    Skill,
    SpecialHours,
    TimeOff,
    Treatment,
    WorkingHours,
)
from clinic.exchange.files import WEEKS
from clinic.exchange.keys import Keys

Row: TypeAlias = tuple[str | int | None, ...]
HOUR = timedelta(hours=1)
WEEK_WORDS = {number: word for word, number in WEEKS.items()}


def yes_no(value: bool) -> str:  # noqa: FBT001  # what a cell says of it
    return "yes" if value else "no"


def local(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return a moment on the clinic's clock, with its offset."""
    return "" if moment is None else moment.astimezone(zone).isoformat(timespec="minutes")


def practitioners(keys: Keys) -> Iterator[Row]:
    """Yield who treats."""
    for one in Practitioner.objects.order_by("pk"):
        active = yes_no(one.is_active)
        yield keys[one.pk], one.name, one.role, one.role_en, active, one.position


def places(kind: Resource.Kind, keys: Keys) -> Iterator[Row]:
    """Yield the rooms, or the devices."""
    for one in Resource.objects.filter(kind=kind).order_by("pk"):
        yield keys[one.pk], one.name, one.group, yes_no(one.is_active), one.position


def treatments() -> Iterator[Row]:
    """Yield what is given."""
    for one in Treatment.objects.order_by("pk"):
        yield (
            one.slug,
            one.name_nl,
            one.category,
            one.summary_nl,
            one.duration_minutes,
            one.price_cents,
            one.name_en,
            one.category_en,
            one.summary_en,
            one.deposit_cents,
            one.late_fee_cents,
            one.no_show_fee_cents,
            -(-one.free_notice // HOUR),  # a started hour is a whole one
            yes_no(one.is_active),
            one.position,
            yes_no(one.as_clinic),
            one.deposit_percent,
            one.deposit_from,
            one.late_fee_percent,
            one.no_show_fee_percent,
            None if one.last_minute is None else one.last_minute // HOUR,
            one.last_minute_fee_cents,
            one.last_minute_fee_percent,
            one.most_fee_cents,
        )


def needs() -> Iterator[Row]:
    """Yield what treatments take."""
    rows = Need.objects.order_by("treatment", "pk")
    columns = ("treatment__slug", "kind", "group", "from_minute", "until_minute")
    for slug, kind, group, begins, ends in rows.values_list(*columns):
        yield slug, kind, "" if kind == Resource.Kind.PRACTITIONER else group, begins, ends


def skills(keys: Keys) -> Iterator[Row]:
    """Yield who gives what."""
    rows = Skill.objects.order_by("practitioner", "treatment")
    columns = ("practitioner_id", "treatment__slug", "minutes", "price_cents")
    for practitioner, slug, minutes, cents in rows.values_list(*columns):
        yield keys[practitioner], slug, minutes, cents


def hours(keys: Keys) -> Iterator[Row]:
    """Yield who works when in a week."""
    order = ("practitioner", "weekday", "opens", "weeks", "from_on", "pk")
    for one in WorkingHours.objects.order_by(*order):
        yield (
            keys[one.practitioner_id],
            one.weekday + 1,
            f"{one.opens:%H:%M}",
            f"{one.closes:%H:%M}",
            WEEK_WORDS[one.weeks],
            _date(one.from_on),
            _date(one.until_on),
        )


def special_hours(keys: Keys) -> Iterator[Row]:
    """Yield who works when on single dates."""
    for one in SpecialHours.objects.order_by("practitioner", "works_on", "opens"):
        opens, closes = f"{one.opens:%H:%M}", f"{one.closes:%H:%M}"
        yield keys[one.practitioner_id], _date(one.works_on), opens, closes


def time_off(keys: Keys, zone: ZoneInfo) -> Iterator[Row]:
    """Yield who or what is not there, and when."""
    rows: Iterable[TimeOff] = TimeOff.objects.select_related("resource").order_by(
        "starts_at", "ends_at", "resource", "reason"
    )
    for one in rows:
        kind, key = "clinic", ""
        if one.resource is not None:
            kind, key = one.resource.kind, keys[one.resource.pk]
        yield kind, key, local(one.starts_at, zone), local(one.ends_at, zone), one.reason


def _date(day: date | None) -> str:
    return day.isoformat() if day else ""
