"""Taking over treatments, what they take, and who gives them."""

from collections.abc import Iterable
from datetime import timedelta

from bookings.imported import NeedRow, Remarks, SkillRow, TreatmentRow
from bookings.models import Treatment
from bookings.operations.importing.copying import Values, read
from bookings.operations.importing.known import Known
from bookings.operations.importing.merging import Tally, merge, said

MONEY = ("price_cents", "deposit_cents", "late_fee_cents", "no_show_fee_cents")


def import_treatments(
    rows: Iterable[TreatmentRow], *, troubles: Remarks
) -> tuple[dict[str, int], dict[str, Tally]]:
    """Write them; return each slug's primary key, and how many were what."""
    wanted = {row.key: _treatment(row) for row in rows}
    _refuse_more_than_the_price(rows, wanted, troubles)
    if troubles:  # so that what refers to them is not in trouble as well
        return dict.fromkeys([*_known_money(), *wanted], 0), {}
    merged = merge(Treatment, wanted, by="slug")
    return merged.ids, {"treatments": merged.tally(len(wanted))} if wanted else {}


def _refuse_more_than_the_price(
    rows: Iterable[TreatmentRow], wanted: dict[str, Values], troubles: Remarks
) -> None:
    known = _known_money()
    for row in rows:
        money = {**known.get(row.key, dict.fromkeys(MONEY, 0)), **wanted[row.key]}
        if any(money[name] > money["price_cents"] for name in MONEY):
            troubles.add("treatments", row.line, "a deposit or a fee is more than the price")


def _known_money() -> dict[str, Values]:
    rows = read(Treatment, ["slug", *MONEY])
    return {slug: dict(zip(MONEY, cents, strict=True)) for slug, *cents in rows}


def _treatment(row: TreatmentRow) -> Values:
    hours, last = row.free_notice_hours, row.last_minute_hours
    return said(
        name_nl=row.name,
        category=row.category,
        summary_nl=row.summary,
        duration_minutes=row.minutes,
        price_cents=row.price_cents,
        name_en=row.name_en,
        category_en=row.category_en,
        summary_en=row.summary_en,
        deposit_cents=row.deposit_cents,
        late_fee_cents=row.late_fee_cents,
        no_show_fee_cents=row.no_show_fee_cents,
        free_notice=None if hours is None else timedelta(hours=hours),
        is_active=row.active,
        position=row.position,
        as_clinic=row.as_clinic,
        deposit_percent=row.deposit_percent,
        deposit_from=row.deposit_from,
        late_fee_percent=row.late_fee_percent,
        no_show_fee_percent=row.no_show_fee_percent,
        last_minute=None if last is None else timedelta(hours=last),
        last_minute_fee_cents=row.last_minute_fee_cents,
        last_minute_fee_percent=row.last_minute_fee_percent,
        most_fee_cents=row.most_fee_cents,
    )


def needs(rows: Iterable[NeedRow], known: Known) -> list[Values]:
    """Return what treatments take, as rows of the table."""
    return [
        {
            "treatment_id": known.treatment("needs", row.line, row.treatment),
            "kind": row.kind,
            "group": row.group,
            "from_minute": row.from_minute,
            "until_minute": row.until_minute,
        }
        for row in rows
    ]


def skills(rows: Iterable[SkillRow], known: Known) -> list[Values]:
    """Return who gives what, as rows of the table."""
    return [
        {
            "practitioner_id": known.practitioner("skills", row.line, row.practitioner),
            "treatment_id": known.treatment("skills", row.line, row.treatment),
            "minutes": row.minutes,
            "price_cents": row.price_cents,
        }
        for row in rows
    ]
