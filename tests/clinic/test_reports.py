import pytest

from bookings.models import AppointmentEvent, By, Practitioner
from clinic.office.charts import RunChart, svg
from clinic.office.course import course
from clinic.office.dates import Days
from clinic.office.diary import visits
from clinic.office.figures import Value
from clinic.office.forms import FilterForm
from clinic.office.money import Amount
from clinic.office.reports import report
from clinic.office.statistics import Proportion
from payments.models import Refund, Waiver
from reminders.models import IfThenPlan, Rule, Step, Wording
from tests.clinic.ended import DAY, FEE, HOUR, PRICE, a_cancelled, a_payment, an_ended
from tests.factories import a_clinic
from tests.when import ZONE, at

NOW = at("2024-06-10 12:00")
MAY = {"period": "own", "since": "2024-05-01", "until": "2024-05-31"}


def a_report(now=NOW, **asked):
    form = FilterForm(MAY | asked)
    chosen = form.chosen(today=now.astimezone(ZONE).date())
    assert not form.errors
    return report(chosen, zone=ZONE, now=now)


def test_a_place_is_read_as_it_was_written(treatment):
    one = a_cancelled(treatment, "2024-05-13 10:00", before=2 * HOUR, cancel_reason="ill")

    (found,) = visits(Days(one.starts_at.date(), one.starts_at.date()).period(ZONE), now=NOW)

    assert found.starts_at == one.starts_at
    assert found.ends_at == one.ends_at
    assert found.booked_at == found.taken_at == one.booked_at
    assert found.free_until == one.starts_at - DAY
    assert found.released_at == one.cancelled_at
    assert (found.released_by, found.reason, found.price_cents) == ("client", "ill", PRICE)


def test_the_rates_are_counted_from_the_rows(treatment):
    an_ended(treatment, "2024-05-11 10:00", arrived_at=at("2024-05-11 10:00"))
    an_ended(treatment, "2024-05-11 11:00", arrived_at=at("2024-05-11 11:16"))
    an_ended(treatment, "2024-05-12 10:00", "no_show", fee_cents=PRICE)
    an_ended(treatment, "2024-05-12 11:00", "booked")
    a_cancelled(treatment, "2024-05-13 10:00", before=2 * HOUR)
    an_ended(treatment, "2024-05-13 10:00", booked_at=at("2024-05-13 08:30"))
    a_cancelled(treatment, "2024-05-14 10:00", before=2 * HOUR)
    a_cancelled(treatment, "2024-05-15 10:00", before=DAY)
    a_cancelled(treatment, "2024-05-15 11:00", before=HOUR, by=By.CLINIC)
    an_ended(treatment, "2024-04-30 23:30", "no_show")  # not in May
    an_ended(treatment, "2024-06-11 10:00", "booked")  # still to come

    found = a_report()

    assert found.rates.counts == {
        "came": 2,
        "came_late": 1,
        "cancelled_early": 1,
        "cancelled_late": 2,
        "no_show": 1,
    }
    assert found.rates.lost == Proportion(2, 6)
    assert found.rates.no_show == Proportion(1, 7)
    assert found.rates.late == Proportion(2, 7)
    assert found.rates.refilled == Proportion(1, 2)
    assert found.rates.not_noted == 1
    assert found.value == Value(2 * PRICE, None)
    assert found.before == Proportion(1, 1)
    assert found.reasons == [("", 3)]
    assert dict(found.months)[at("2024-05-05 00:00").date().replace(day=1)] == Proportion(2, 6)


def test_moving_leaves_a_place_behind(treatment):
    late, early, ours = (
        an_ended(treatment, f"2024-05-{day} 10:00", moves=1) for day in (20, 21, 22)
    )
    for one, was, moved_at, by in [
        (late, "2024-05-13 10:00", "2024-05-12 10:01", By.CLIENT),
        (early, "2024-05-14 10:00", "2024-05-13 10:00", By.CLIENT),
        (ours, "2024-05-15 10:00", "2024-05-15 09:00", By.CLINIC),
    ]:
        AppointmentEvent.objects.create(
            appointment=one,
            kind=AppointmentEvent.Kind.MOVED,
            at=at(moved_at),
            by=by,
            facts={"was": at(was).isoformat(), "reason": ""},
        )

    found = a_report()

    assert found.rates.counts == {"came": 3, "cancelled_late": 1, "cancelled_early": 1}
    assert found.rates.moved == 2
    assert found.rates.lost == Proportion(1, 4)
    assert found.reasons == []


def test_a_place_moved_away_from_counts_though_the_visit_is_still_to_come(treatment):
    one = an_ended(treatment, "2024-07-01 10:00", "booked", moves=1)
    AppointmentEvent.objects.create(
        appointment=one,
        kind=AppointmentEvent.Kind.MOVED,
        at=at("2024-05-12 12:00"),
        by=By.CLIENT,
        facts={"was": at("2024-05-13 10:00").isoformat()},
    )

    assert a_report().rates.counts == {"cancelled_late": 1}


def test_the_filter_does_not_hide_who_filled_a_place(treatment):
    other = a_clinic()
    first, second = Practitioner.objects.order_by("pk")
    a_cancelled(treatment, "2024-05-13 10:00", before=2 * HOUR, practitioner=first)
    filled = {"booked_at": at("2024-05-13 08:30"), "practitioner": first}
    an_ended(other, "2024-05-13 10:00", **filled)

    assert a_report(treatment=treatment.pk).rates.lost == Proportion(0, 1)
    assert a_report(practitioner=first.pk).rates.lost == Proportion(0, 2)
    assert a_report(practitioner=second.pk).rates.lost == Proportion(0, 0)


def test_the_confirmed_are_out_of_those_asked_about_this_time(treatment):
    rule = Rule.objects.create(name="vraag", on="before_start", hours=72, wording="reminder")
    anchors = ["2024-05-11 10:00", "2024-05-12 10:00", "2024-05-13 10:00", "2024-05-13 09:00"]
    starts = ["2024-05-11 10:00", "2024-05-12 10:00", "2024-05-13 10:00", "2024-05-14 10:00"]
    statuses = ["done", "done", "failed", "done"]
    for start, anchor, status in zip(starts, anchors, statuses, strict=True):
        one = an_ended(treatment, start, confirmed_at=at(start) - 2 * DAY)
        Step.objects.create(
            appointment=one,
            rule=rule,
            wording=Wording.Key.CONFIRM_QUESTION,
            reach=Rule.Reach.CHOSEN,
            asks=True,
            anchor_at=at(anchor),
            due_at=at(start),
            useless_at=at(start),
            status=status,
        )
        by = By.CLINIC if start == starts[1] else By.CLIENT
        AppointmentEvent.objects.create(
            appointment=one, kind=AppointmentEvent.Kind.CONFIRMED, at=one.confirmed_at, by=by
        )

    assert a_report().rates.confirmed == Proportion(1, 2)


def test_the_money_adds_up(treatment):
    kept = a_cancelled(treatment, "2024-05-12 10:00", before=HOUR)
    a_payment(kept, "deposit", 2000, paid="2024-05-02 10:00")
    a_payment(kept, "fee", 2500, paid="2024-05-12 09:05")
    missed = an_ended(treatment, "2024-05-13 10:00", "no_show", fee_cents=PRICE)
    a_payment(missed, "deposit", 3000, paid="2024-05-03 10:00")
    a_payment(missed, "fee", 6500, created="2024-05-14 11:00")
    waived = a_cancelled(treatment, "2024-05-14 10:00", before=HOUR)
    back = a_payment(waived, "deposit", 2000, paid="2024-05-04 10:00")
    Waiver.objects.create(appointment=waived, reason="ziek", user=None, at=at("2024-05-14 12:00"))
    in_time = a_cancelled(treatment, "2024-05-15 10:00", before=2 * DAY)
    other = a_payment(in_time, "deposit", 1000, paid="2024-05-05 10:00")
    coming = an_ended(treatment, "2024-06-20 10:00", "booked")
    a_payment(coming, "deposit", 4000, paid="2024-06-01 10:00")
    came = an_ended(treatment, "2024-05-18 10:00")
    a_payment(came, "deposit", 1500, paid="2024-05-06 10:00")
    for payment, status, key in [(back, "succeeded", "a"), (other, "failed", "b")]:
        Refund.objects.create(
            payment=payment,
            amount_cents=payment.amount_cents,
            purpose="settle:1",
            intent_id="pi_1",
            key=key,
            status=status,
            given_at=at("2024-05-14 12:00"),
            created_at=at("2024-05-14 12:00"),
        )

    money = a_report().money

    assert money.deposits_kept == Amount(2, 5000)
    assert money.fees_paid == Amount(1, 2500)
    assert money.fees_open == Amount(1, 6500)
    assert money.fees_waived == Amount(1, FEE)
    assert money.refunds == Amount(1, 2000)
    assert money.refunds_failed == Amount(1, 1000)
    assert money.held == Amount(1, 4000)
    assert not money.is_nothing


def test_a_kept_deposit_is_never_more_than_the_fee(treatment):
    one = a_cancelled(treatment, "2024-05-12 10:00", before=HOUR)
    a_payment(one, "deposit", 6000, paid="2024-05-02 10:00")

    assert a_report().money.deposits_kept == Amount(1, FEE)


def test_money_counts_on_its_own_day(treatment):
    one = a_cancelled(
        treatment, "2024-06-02 10:00", before=20 * HOUR, booked_at=at("2024-05-20 09:00")
    )
    a_payment(one, "deposit", 2000, paid="2024-05-20 09:00")
    a_payment(one, "fee", 2500, paid="2024-06-01 14:10")

    assert a_report().money.is_nothing
    june = {"since": "2024-06-01", "until": "2024-06-30"}
    assert a_report(**june).money.deposits_kept == Amount(1, 2000)
    assert a_report(**june).money.fees_paid == Amount(1, 2500)


def test_plans_are_out_of_those_offered(treatment):
    offered_at = at("2024-05-01 10:00")
    written: dict[str, object] = {
        "written_at": offered_at,
        "cue_on": offered_at.date(),
        "cue_at": offered_at.time(),
        "action": "ga ik op de fiets",
    }
    repeated = written | {"repeated_at": offered_at}
    skipped: dict[str, object] = {"skipped_at": offered_at}
    kinds: list[dict[str, object]] = [repeated, written, skipped, {}]
    for facts in kinds:
        one = an_ended(treatment, "2024-05-11 10:00")
        IfThenPlan.objects.create(appointment=one, offered_at=offered_at, **facts)

    plans = a_report().plans

    assert plans.offered == 4
    assert plans.written == Proportion(2, 4)
    assert plans.repeated == Proportion(1, 4)
    assert plans.skipped == Proportion(1, 4)


def test_a_run_shows_whiskers_where_there_is_enough(treatment):
    for n in range(20):
        status = "no_show" if n < 5 else "completed"
        an_ended(treatment, f"2024-05-{n + 1:02} 10:00", status)
    an_ended(
        treatment, "2024-04-10 10:00", terms_version="1", terms_accepted_at=at("2024-04-01 10:00")
    )
    an_ended(
        treatment, "2024-04-11 10:00", terms_version="2", terms_accepted_at=at("2024-04-02 10:00")
    )

    block = course(a_report())

    assert isinstance(block.chart, RunChart)
    *_rest, april, may = block.chart.points
    assert (april.share, may.share) == (None, 0.25)
    assert (may.low, may.high) == pytest.approx((0.1119, 0.4687), abs=0.00005)
    assert (april.is_chosen, may.is_chosen) == (False, True)
    assert len(block.table.rows) == 12
    assert [index for index, _text in block.chart.marks] == [10]
    drawn = svg(block.chart)
    assert drawn.count('class="whisker"') == 3
    assert drawn.count('class="dot"') == 1
    assert drawn.count('class="mark"') == 1
