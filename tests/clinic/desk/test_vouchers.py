"""Vouchers at the desk: paying a booking by telephone with one, finding one, mailing it again."""

import socket
from datetime import date, timedelta

import pytest
from django.urls import reverse

from bookings.models import Appointment, By, Clinic
from payments.models import Payment, Voucher
from payments.purses import purse_of
from reminders.operations import mail_vouchers
from reminders.tasks import clinic_sender
from tests.bookings.courses import weekly
from tests.clinic.desk.conftest import logged_in
from tests.clinic.desk.test_booking import call
from tests.clinic.desk.test_courses import send, text_of
from tests.factories import NOW, START, ClientFactory, TreatmentFactory
from tests.reminders.test_mail import Moody, listening

Status = Appointment.Status
PRICE, SESSION = 9500, 8000


def a_voucher(treatment=None, *, cents=20_000, **more):
    """A voucher that was sold and paid: a gift, or a course of a treatment."""
    course = {"treatment": treatment, "session_cents": SESSION} if treatment else {}
    values = {
        "kind": "course" if treatment else "gift",
        "value_cents": cents,
        "buyer_name": "Anna Koper",
        "buyer_email": "anna@example.org",
        "created_at": NOW,
        "paid_at": NOW,
        "mailed_at": NOW,
        "expires_at": NOW,
        "valid_until": START.date() + timedelta(days=365),
        "status": Voucher.Status.PAID,
        "request": {},
    }
    return Voucher.objects.create(**(values | course | more))


def left(voucher):
    voucher.refresh_from_db()
    return purse_of(voucher).left_cents


@pytest.fixture
def asking(treatment):
    """The treatment asks a deposit, so that a booking without a voucher gets a pay link."""
    treatment.deposit_cents = 2500
    treatment.save()
    return treatment


@pytest.mark.parametrize(
    ("case", "is_course", "price", "paid", "rest"),
    [("a gift", False, PRICE, PRICE, 0), ("a course", True, SESSION, SESSION, 0)],
)
def test_a_phone_booking_is_paid_with_a_voucher_and_booked_at_once(
    desk, asking, case, is_course, price, paid, rest
):
    voucher = a_voucher(asking if is_course else None)
    code = voucher.code_in_words.lower()
    checked = call(desk, asking, do="check", voucher=code)
    page = checked.content.decode().replace("\xa0", " ")
    assert "Het tegoed betaalt €" in page
    assert "a message with a link to pay" not in page
    assert f'name="rest" value="{rest}"' in page

    answer = call(desk, asking, voucher=code, covers=paid, rest=rest, accepted="on")

    assert answer.status_code == 302, case
    one = Appointment.objects.get()
    assert (one.status, one.price_cents, one.deposit_cents) == (Status.BOOKED, price, paid)
    assert one.terms_device == "telefonisch, Bo Balie"
    assert "Het tegoed betaalt" in one.terms_text
    assert one.events.get(kind="booked").by == By.CLINIC
    assert Payment.objects.get().voucher == voucher
    assert left(voucher) == 20_000 - paid


def test_it_must_be_agreed_by_telephone(desk, asking):
    voucher = a_voucher()
    answer = call(desk, asking, voucher=voucher.code, covers=PRICE, rest=0)
    assert answer.status_code == 400
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("case", "change", "status", "said"),
    [
        ("unknown", {"code": "XXXXXXXXXXXX"}, 400, "We do not know this code"),
        ("never paid", {"status": "open"}, 400, "We do not know this code"),
        ("too old", {"valid_until": date(2020, 1, 1)}, 409, "can no longer be used"),
        ("nearly empty", {"given_back_cents": 19_000}, 409, "not enough left"),
        ("for another", {"kind": "course"}, 409, "for another treatment"),
    ],
)
@pytest.mark.parametrize("do", ["check", "book"])
def test_what_cannot_be_used_is_told_and_nothing_is_booked(
    desk, asking, case, change, status, said, do
):
    voucher = a_voucher()
    code = voucher.code
    if change.get("kind") == "course":
        change = {**change, "treatment": TreatmentFactory(), "session_cents": SESSION}
    Voucher.objects.filter(pk=voucher.pk).update(**change)

    answer = call(desk, asking, do=do, voucher=code, covers=PRICE, rest=0, accepted="on")

    assert answer.status_code == status, case
    assert said in text_of(answer)
    assert "Tess" in answer.content.decode()  # nothing that was typed is lost
    assert not Appointment.objects.exists()


def test_drawn_on_after_it_was_read_out_it_is_read_out_anew(desk, asking):
    voucher = a_voucher(cents=9000)
    page = call(desk, asking, do="check", voucher=voucher.code).content.decode()
    assert 'name="rest" value="500"' in page
    Voucher.objects.update(given_back_cents=1000)

    answer = call(desk, asking, voucher=voucher.code, covers=9000, rest=500, accepted="on")

    assert answer.status_code == 409
    assert "pays less than was read to the client" in text_of(answer)
    assert not Appointment.objects.exists()
    assert left(voucher) == 8000


def test_a_course_of_sessions_is_paid_from_a_prepaid_course(desk, asking, clock):
    clock(NOW)
    voucher, sanne = a_voucher(asking, cents=4 * SESSION), ClientFactory()
    told = {"starts": weekly(), "voucher": voucher.code}
    page = send(desk, sanne, asking, **told)
    assert "The voucher pays for every session." in text_of(page)

    send(desk, sanne, asking, "book", accepted="on", **told)

    booked = Appointment.objects.order_by("starts_at")
    assert [one.status for one in booked] == [Status.BOOKED] * 4
    assert {(one.price_cents, one.deposit_cents) for one in booked} == {(SESSION, SESSION)}
    assert all("Het tegoed betaalt" in one.terms_text for one in booked)
    assert left(voucher) == 0


def test_a_course_with_a_session_too_few_is_told_and_nothing_is_booked(desk, asking, clock):
    clock(NOW)
    voucher, sanne = a_voucher(asking, cents=3 * SESSION), ClientFactory()
    told = {"starts": weekly(), "voucher": voucher.code}
    for do in ("propose", "book"):
        answer = send(desk, sanne, asking, do, accepted="on", **told)
        assert answer.status_code == 409
        assert "not enough left in this voucher" in text_of(answer)
    assert not Appointment.objects.exists()


def test_a_course_with_somebody_dearer_draws_what_was_told_or_nothing(desk, asking, clock):
    """Her own price counts, and is told: the list price would leave the last session unpaid."""
    clock(NOW)
    noor = asking.practitioners.get()
    noor.skills.filter(treatment=asking).update(price_cents=12_000)
    voucher, sanne = a_voucher(cents=30_000), ClientFactory()
    told = {"count": 3, "starts": weekly(count=3), "voucher": voucher.code}
    answer = send(desk, sanne, asking, "book", accepted="on", practitioner=noor.pk, **told)
    assert answer.status_code == 409
    assert "not enough left in this voucher" in text_of(answer)
    assert not Appointment.objects.exists()

    Voucher.objects.update(value_cents=36_000)
    page = send(desk, sanne, asking, practitioner=noor.pk, **told)
    assert "Het tegoed betaalt € 120,00 vooraf" in text_of(page).replace("\xa0", " ")
    send(desk, sanne, asking, "book", accepted="on", practitioner=noor.pk, **told)
    assert list(Appointment.objects.values_list("deposit_cents", flat=True)) == [12_000] * 3


def test_found_by_code_by_name_or_among_the_last(desk, django_assert_num_queries):
    vouchers = [a_voucher(for_name=name) for name in ("Zoë", "Bram", "Cas")]
    for words in ("zoë", "koper zoë", vouchers[0].code_in_words):
        answer = desk.get("/desk/tegoed/", {"q": words})
        assert [one.pk for one, _ in answer.context["found"]] == [vouchers[0].pk], words
    with django_assert_num_queries(8):
        desk.get("/desk/tegoed/", {"q": "zoë"})
    with django_assert_num_queries(7):
        assert "Voucher for Bram" in text_of(desk.get("/desk/tegoed/"))
    assert "We found no voucher" in text_of(desk.get("/desk/tegoed/", {"q": "x\x00y"}))


def test_its_page_says_what_was_paid_with_it(desk, asking):
    voucher = a_voucher(asking)
    call(desk, asking, voucher=voucher.code, covers=PRICE, rest=0, accepted="on")
    said = text_of(desk.get(reverse("desk:voucher", args=[voucher.pk]))).replace("\xa0", " ")
    for words in ("1 session and €40.00", "Tess de Vries, €80.00, booked", voucher.code_in_words):
        assert words in said, words


def test_a_refused_mail_is_a_task_until_it_goes_to_another_address(world, asking, settings):
    voucher = a_voucher(buyer_email="weg@example.org", mailed_at=None)
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 2
    server, desk = Moody(), logged_in("receptionist")
    page = reverse("desk:voucher", args=[voucher.pk])
    server.to_recipient.append("550 No such mailbox")
    with listening(server, port):
        assert mail_vouchers(clinic_sender(), now=NOW) == 1
        assert "Could not be mailed" in text_of(desk.get("/desk/", follow=True))
        assert "The last mail was refused" in text_of(desk.get(page))
        assert desk.post(page, {"email": "anna"}).status_code == 422

        desk.post(page, {"email": "anna@example.org"})

        assert mail_vouchers(clinic_sender(), now=NOW) == 1
        assert mail_vouchers(clinic_sender(), now=NOW) == 0
    domain = Clinic.objects.get().email.partition("@")[2]
    assert server.kept == [f"<{voucher.reference}.1@{domain}>"]
    voucher.refresh_from_db()
    assert (voucher.buyer_email, voucher.mail_error) == ("anna@example.org", "")
    assert "Could not be mailed" not in text_of(desk.get("/desk/", follow=True))


def test_given_back_after_it_was_used_is_a_task(desk, asking):
    voucher = a_voucher()
    call(desk, asking, voucher=voucher.code, covers=PRICE, rest=0, accepted="on")
    Voucher.objects.update(given_back_cents=20_000, given_back_at=NOW)
    assert "€95.00 was given back that had been used" in text_of(desk.get("/desk/", follow=True))
    page = reverse("desk:voucher", args=[voucher.pk])
    assert "This is dealt with" in text_of(desk.get(page))

    desk.post(reverse("desk:see_to_voucher", args=[voucher.pk]))

    assert "This is dealt with" not in text_of(desk.get(page))
    assert "was given back that" not in text_of(desk.get("/desk/", follow=True))


def test_only_staff_and_only_paid_vouchers(client, desk):
    open_one = a_voucher(status="open", paid_at=None)
    assert client.get("/desk/tegoed/").status_code == 302
    assert client.get(reverse("desk:voucher", args=[open_one.pk])).status_code == 302
    assert desk.get(reverse("desk:voucher", args=[open_one.pk])).status_code == 404
