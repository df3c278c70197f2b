"""Two vouchers that were bought a while ago: a gift, and a course with one session booked of it."""

from datetime import datetime, timedelta

from bookings import operations as bookings
from bookings.models import Appointment, By, Client, Treatment
from bookings.search import Search
from clinic.demo.coming import starts_soon
from clinic.demo.given import Given
from clinic.demo.series import tell_nobody_again
from clinic.policy import policy_text
from payments import operations as payments
from payments.models import CourseOffer, Voucher
from payments.operations.posting import post_voucher

DAY = timedelta(days=1)
COURSES = (("microneedling", 4), ("gezichtsbehandeling", 6))  # with a tenth off


def offer_courses() -> None:
    """Put courses of some treatments up for sale."""
    for slug, sessions in COURSES:
        treatment = Treatment.objects.filter(slug=slug).first()
        if treatment is not None:
            CourseOffer.objects.create(
                treatment=treatment,
                sessions=sessions,
                session_cents=treatment.price_cents * 9 // 10,
            )


def sell_vouchers(*, now: datetime) -> None:
    """Write two vouchers down as if they were bought, once."""
    if Voucher.objects.filter(is_demo=True).exists():
        return
    _sold(now - 12 * DAY, kind="gift", value_cents=7500, for_name="Fatima", wish="Voor jou!")
    for course in CourseOffer.objects.select_related("treatment")[:1]:
        _sold(
            now - 5 * DAY,
            kind="course",
            value_cents=course.price_cents,
            treatment=course.treatment,
            session_cents=course.session_cents,
        )


def use_course(given: Given, client: Client, *, now: datetime) -> bool:
    """Book a session from the course that nobody has used yet; true when it did."""
    unused = Voucher.objects.filter(is_demo=True, kind="course", payments=None)
    voucher = unused.select_related("treatment").first()
    if voucher is None or voucher.treatment is None:
        return False
    search = Search(
        treatment=voucher.treatment, clinic=given.clinic, zone=given.zone, now=now, by=By.CLINIC
    )
    starts = starts_soon(search)
    if not starts:
        return False
    kind, today = Appointment.HoldKind.DESK, now.astimezone(given.zone).date()
    held = bookings.hold(search, starts_at=starts[len(starts) // 2], kind=kind, client=client)
    cover = payments.cover_of_hold(voucher, held, on=today, now=now)
    accepted = _read_out(held, cover, given, now=now)
    payments.pay_by_voucher(held.pk, voucher, cover, accepted, on=today, now=now, by=By.CLINIC)
    tell_nobody_again([held], now=now)
    return True


def _read_out(
    held: Appointment, cover: payments.Cover, given: Given, *, now: datetime
) -> bookings.Acceptance:
    terms = bookings.terms_beforehand(
        held, cents=cover.cents, price_cents=cover.price_cents, now=now
    )
    text = policy_text(
        terms,
        starts_at=held.starts_at,
        now=now,
        language="nl",
        zone=given.zone,
        by_voucher=True,
    )
    return bookings.Acceptance(text, given.clinic.terms_version, None, "telefonisch")


def _sold(at: datetime, **what: object) -> None:
    voucher = Voucher.objects.create(
        buyer_name="Noa Bakker",
        buyer_email="noa.bakker@example.net",
        is_demo=True,
        created_at=at,
        paid_at=at,
        mailed_at=at,
        expires_at=at,
        valid_until=(at + 730 * DAY).date(),
        status=Voucher.Status.PAID,
        method="ideal",
        request={},
        **what,
    )
    post_voucher(voucher.pk, now=at)
