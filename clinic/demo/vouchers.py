"""Two vouchers that were bought a while ago: a gift, and a course with nothing used of it yet."""

from datetime import datetime, timedelta

from bookings.models import Treatment
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
