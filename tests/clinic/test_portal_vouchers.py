"""Buying a voucher and booking with it, over HTTP, with Stripe's stand-in."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from bookings import clock
from bookings import operations as bookings
from bookings.models import Appointment, Clinic
from payments import operations as payments
from payments.models import CourseOffer, Payment, Receipt, Voucher
from payments.purses import purse_of
from payments.vouchers import months_later
from reminders.operations import mail_vouchers
from reminders.tasks import clinic_sender
from tests.clinic.steps import DETAILS, agree, appointment_page, choose, start
from tests.factories import ClientFactory, TreatmentFactory, UserFactory, a_clinic, a_search
from tests.payments.books import general_rate
from tests.when import ZONE

PRICE, SESSION = 9500, 8000
BUYER = {"buyer_name": "Anna Koper", "buyer_email": "anna@example.org"}
GIFT = {**BUYER, "amount": "50", "for_name": "Zoë", "wish": "Voor jou"}


@pytest.fixture
def treatment(db):
    general_rate()
    treatment = a_clinic(deposit_cents=2500)
    Clinic.objects.update(sells_vouchers=True)
    return treatment


@pytest.fixture
def course(treatment):
    return CourseOffer.objects.create(treatment=treatment, sessions=6, session_cents=SESSION)


def buy(world, client, address="/tegoed/kopen/", told=GIFT):
    """Fill in the form, pay on Stripe's page and come back."""
    answer = client.post(address, told)
    assert answer.status_code == 302, answer.content.decode()
    voucher = Voucher.objects.latest("pk")
    world.post(f"/control/checkout/{voucher.stripe_id}/pay", method="ideal")
    back = client.get(f"/tegoed/betaald/{voucher.reference}/")
    assert back.url == reverse("portal:voucher", args=[voucher.token])
    voucher.refresh_from_db()
    return voucher


def to_the_last_step(client, treatment, days=9):
    choose(client, treatment, start(days))
    client.post(reverse("portal:details"), DETAILS)
    client.get(reverse("portal:plan"))
    client.post(reverse("portal:plan"), {"skip": "1"})


def use(client, code):
    return client.post(reverse("portal:use_voucher"), {"code": code}, follow=True)


@pytest.mark.parametrize(
    ("case", "day", "months", "expected"),
    [
        ("two years", date(2026, 11, 28), 24, date(2028, 11, 28)),
        ("over the year", date(2026, 11, 30), 15, date(2028, 2, 29)),
        ("a shorter month", date(2026, 8, 31), 6, date(2027, 2, 28)),
        ("in December", date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_until_when_it_can_be_used(case, day, months, expected):
    assert months_later(day, months) == expected, case


def test_a_gift_is_bought_mailed_and_printed(world, client, treatment):
    voucher = buy(world, client)

    assert (voucher.value_cents, voucher.status) == (5000, "paid")
    page = client.get(reverse("portal:voucher", args=[voucher.token])).content.decode()
    for said in ("Cadeaubon voor Zoë", "€ 50,00", voucher.code_in_words, "anna@example.org"):
        assert said in page.replace("\xa0", " "), said
    paper = client.get(reverse("portal:voucher_paper", args=[voucher.token]))
    text = PdfReader(BytesIO(paper.content)).pages[0].extract_text()
    assert voucher.code_in_words in text
    assert "Voor jou" in text
    payments.number_receipts(clinic=Clinic.objects.get(), zone=ZONE, now=clock.now())
    receipt = Receipt.objects.get()
    address = reverse("portal:voucher_receipt", args=[voucher.token, receipt.name])
    assert client.get(address).status_code == 200
    assert mail_vouchers(clinic_sender(), now=clock.now()) == 1
    assert mail_vouchers(clinic_sender(), now=clock.now()) == 0
    (mail,) = world.mails()
    assert mail["to"] == ["anna@example.org"]
    assert f"/tegoed/{voucher.token}/" in mail["text"]


def test_a_mail_server_that_is_down_is_asked_again(world, client, treatment, settings):
    buy(world, client)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert mail_vouchers(clinic_sender(), now=clock.now()) == 1
    assert Voucher.objects.get().mailed_at is None

    settings.EMAIL_PORT = port
    Voucher.objects.update(mail_leased_until="2020-01-01T00:00Z")
    assert mail_vouchers(clinic_sender(), now=clock.now()) == 1
    assert len(world.mails()) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "9"}, "amount"),
        ({"amount": "501"}, "amount"),
        ({"amount": "12,50"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"buyer_name": " \u200b"}, "buyer_name"),
        ({"buyer_email": "anna"}, "buyer_email"),
        ({"wish": "x" * 201}, "wish"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_sold(client, treatment, change, field):
    answer = client.post("/tegoed/kopen/", {**GIFT, **change})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Zoë" in answer.content.decode()
    assert not Voucher.objects.exists()


def test_a_stripe_that_is_down_sells_nothing(world, client, treatment):
    world.fault("error_500", path="/v1/checkout/sessions", times=3)
    answer = client.post("/tegoed/kopen/", GIFT)
    assert answer.status_code == 503
    assert "Er is niets afgeschreven" in answer.content.decode()


def test_trying_again_goes_on_with_the_same_purchase(world, client, treatment):
    world.fault("lost_answer", path="/v1/checkout/sessions", times=3)
    failed = client.post("/tegoed/kopen/", GIFT)
    assert failed.status_code == 503
    begun = failed.context["form"]["begun"].value()
    Voucher.objects.update(leased_until="2020-01-01T00:00Z")

    assert "checkout" in client.post("/tegoed/kopen/", {**GIFT, "begun": begun}).url
    assert "checkout" in client.post("/tegoed/kopen/", GIFT).url  # back, and once more
    assert (Voucher.objects.count(), len(world.money("sessions"))) == (1, 1)
    client.post("/tegoed/kopen/", {**GIFT, "amount": "60"})  # something else is another purchase
    assert Voucher.objects.count() == 2


def test_what_stripe_does_not_take_is_told_apart(world, client, treatment, settings):
    settings.STRIPE_PAYMENT_METHODS = ["seashells"]
    answer = client.post("/tegoed/kopen/", GIFT)
    assert answer.status_code == 503
    assert "neemt deze aankoop niet aan" in answer.content.decode()
    assert Voucher.objects.get().status == "expired"


def test_nobody_begins_purchases_without_end(world, client, treatment):
    for amount in range(20, 30):
        assert client.post("/tegoed/kopen/", {**GIFT, "amount": amount}).status_code == 302
    answer = client.post("/tegoed/kopen/", {**GIFT, "amount": 30})
    assert answer.status_code == 429
    assert "Wacht een uur" in answer.content.decode()
    Voucher.objects.update(created_at=clock.now() - timedelta(minutes=61))
    assert client.post("/tegoed/kopen/", {**GIFT, "amount": 30}).status_code == 302


def test_nothing_is_sold_by_a_clinic_that_does_not_sell(client, treatment):
    Clinic.objects.update(sells_vouchers=False)
    assert client.get("/tegoed/").status_code == 404
    assert client.post("/tegoed/kopen/", GIFT).status_code == 404
    assert "/tegoed/" not in client.get("/").content.decode()


def test_the_shop_shows_what_is_for_sale(client, course, django_assert_max_num_queries):
    CourseOffer.objects.create(
        treatment=TreatmentFactory(is_active=False), sessions=2, session_cents=1
    )
    client.get("/tegoed/")  # the reference data are read
    with django_assert_max_num_queries(4):
        page = client.get("/tegoed/").content.decode().replace("\xa0", " ")
    assert f"6 × {course.treatment.name}" in page
    assert "Kopen voor € 480,00" in page
    assert client.get(f"/tegoed/kopen/?kuur={course.pk + 1}").status_code == 404
    assert client.get("/tegoed/kopen/?kuur=x").status_code == 404


def test_a_course_books_session_by_session(world, client, treatment, course):
    voucher = buy(world, client, f"/tegoed/kopen/?kuur={course.pk}", BUYER)
    address = reverse("portal:book_with", args=[voucher.token])
    assert client.post(address).url == reverse("portal:practitioner", args=[treatment.slug])
    to_the_last_step(client, treatment)

    page = client.get(reverse("portal:terms")).content.decode().replace("\xa0", " ")

    assert "Je tegoed betaalt € 80,00." in page
    assert "Daarna zijn er nog 5 sessies over." in page
    assert "Het tegoed betaalt € 80,00 vooraf" in page
    assert "De kaart van de betaling" not in page
    answer = agree(client)
    one = Appointment.objects.get()
    assert answer.url == reverse("portal:appointment", args=[one.token])
    assert (one.status, one.price_cents, one.deposit_cents) == ("booked", SESSION, SESSION)
    assert len(world.money("sessions")) == 1
    shown = client.get(answer.url).content.decode()
    assert "van je tegoed" in shown
    left = client.get(reverse("portal:voucher", args=[voucher.token])).content.decode()
    assert "5 sessies" in left
    # Who gave it may still have the link: when somebody is treated is none of hers.
    assert "Noor" not in left
    assert f"{one.starts_at.astimezone(ZONE):%H:%M}" not in left
    # The next booking does not draw on it by itself.
    to_the_last_step(client, treatment, days=12)
    assert client.get(reverse("portal:terms")).context["held"] is None


@pytest.mark.parametrize("email", ["zoe@example.nl", "anna@example.org", "ANNA@example.org"])
def test_a_prepaid_session_asks_nothing_whoever_she_says_she_is(
    world, client, treatment, course, email
):
    """It is the code that pays, not an address that has to be the same."""
    voucher = buy(world, client, f"/tegoed/kopen/?kuur={course.pk}", BUYER)
    choose(client, treatment, start(9))
    client.post(reverse("portal:details"), {**DETAILS, "email": email})
    client.post(reverse("portal:plan"), {"skip": "1"})
    use(client, voucher.code)

    agree(client)

    assert Appointment.objects.get().status == "booked"
    assert Payment.objects.get().voucher == voucher
    assert len(world.money("charges")) == 1  # the course itself


def test_a_gift_pays_by_its_code_however_it_is_written(world, client, treatment):
    voucher = buy(world, client)
    to_the_last_step(client, treatment)

    page = use(client, voucher.code_in_words.lower().replace("-", " ")).content.decode()

    assert "Je tegoed betaalt" in page
    agree(client)
    payment = Payment.objects.get()
    assert (payment.amount_cents, payment.voucher, payment.status) == (5000, voucher, "paid")
    assert Appointment.objects.get().price_cents == PRICE


def test_she_may_go_on_without_it(world, client, treatment):
    voucher = buy(world, client)
    to_the_last_step(client, treatment)
    use(client, voucher.code)
    assert Appointment.objects.get().by_voucher

    page = client.post(reverse("portal:use_voucher"), follow=True)

    one = Appointment.objects.get()
    assert (one.by_voucher, one.deposit_cents) == (False, 2500)
    assert page.context["held"] is None
    assert "checkout" in agree(client).url


@pytest.mark.parametrize("code", ["", "X", "ABCD-EFGH-JKMN", "'; drop", "é" * 40, "A" * 90])
def test_an_unknown_code_is_told_and_changes_nothing(client, treatment, code):
    to_the_last_step(client, treatment)
    page = use(client, code).content.decode()
    assert "Deze code kennen we niet" in page
    assert Appointment.objects.get().deposit_cents == 2500


@pytest.mark.parametrize(
    ("case", "change", "said"),
    [
        ("too old", {"valid_until": date(2020, 1, 1)}, "niet meer te gebruiken"),
        ("nearly empty", {"given_back_cents": 4000}, "niet genoeg voor de aanbetaling"),
    ],
)
def test_what_cannot_be_used_is_told(world, client, treatment, case, change, said):
    voucher = buy(world, client)
    Voucher.objects.update(**change)
    to_the_last_step(client, treatment)
    assert said in use(client, voucher.code).content.decode()
    assert Appointment.objects.get().deposit_cents == 2500
    assert "voucher" not in client.session


def test_a_course_of_another_treatment_is_told(world, client, treatment, course):
    voucher = buy(world, client, f"/tegoed/kopen/?kuur={course.pk}", BUYER)
    Voucher.objects.update(treatment=TreatmentFactory())
    to_the_last_step(client, treatment)
    assert "voor een andere behandeling" in use(client, voucher.code).content.decode()


def test_drawn_by_somebody_else_meanwhile(world, client, treatment):
    voucher = buy(world, client)
    to_the_last_step(client, treatment)
    use(client, voucher.code)
    read = client.get(reverse("portal:terms")).context["form"]["read"].value()
    Voucher.objects.update(given_back_cents=5000)

    answer = client.post(reverse("portal:terms"), {"accept": "on", "read": read})

    assert answer.status_code == 422  # other terms than she read
    one = Appointment.objects.get()
    assert (one.status, one.by_voucher, one.deposit_cents) == ("held", False, 2500)
    assert not Payment.objects.exists()


def test_another_time_keeps_the_voucher_in_hand(world, client, treatment, course):
    voucher = buy(world, client, f"/tegoed/kopen/?kuur={course.pk}", BUYER)
    client.post(reverse("portal:book_with", args=[voucher.token]))
    to_the_last_step(client, treatment)
    client.get(reverse("portal:terms"))
    choose(client, treatment, start(9) + timedelta(hours=1))
    assert Appointment.objects.get().price_cents == PRICE

    page = client.get(reverse("portal:terms"))

    one = Appointment.objects.get()
    assert (one.price_cents, one.deposit_cents, page.context["held"].voucher) == (
        SESSION,
        SESSION,
        voucher,
    )


def test_from_an_open_payment_page_back_to_the_voucher(world, client, treatment):
    voucher = buy(world, client)
    to_the_last_step(client, treatment)
    agree(client)  # to Stripe's page, and back without paying
    assert Payment.objects.get().status == "open"

    page = use(client, voucher.code)

    assert page.context["held"].voucher == voucher
    agree(client)
    assert Appointment.objects.get().status == "booked"
    assert [one["payment_status"] for one in world.money("sessions")] == ["paid", "unpaid"]


@pytest.fixture
def asked(world, treatment):
    """A booking by telephone, whose deposit is asked by a pay link."""
    one = bookings.hold(
        a_search(treatment, now=clock.now()),
        starts_at=start(9),
        kind=Appointment.HoldKind.PAY_LINK,
        client=ClientFactory(),
    )
    return payments.ask_deposit(one.pk, user=UserFactory(), now=clock.now())


def link(asked, name="pay_by_voucher"):
    return reverse(f"portal:{name}", args=[asked.token])


def test_a_pay_link_is_paid_with_a_voucher(world, client, treatment, asked):
    voucher = buy(world, client)
    assert "Ik heb een" in client.get(link(asked, "pay")).content.decode()
    page = client.post(link(asked), {"code": voucher.code_in_words}, follow=True)
    said = page.content.decode().replace("\xa0", " ")
    assert "Je tegoed betaalt € 50,00." in said
    assert "Het tegoed betaalt € 50,00 vooraf" in said
    assert not Appointment.objects.filter(by_voucher=True).exists()  # she may still pay by link
    assert client.post(link(asked), {"read": "x"}).status_code == 422

    done = client.post(link(asked), {"accept": "on", "read": page.context["form"]["read"].value()})

    one = Appointment.objects.get()
    assert done.url == reverse("portal:appointment", args=[one.token])
    assert (one.status, one.deposit_cents) == ("booked", 5000)
    assert "€\xa050,00 vooraf" in one.terms_text
    assert Payment.objects.get(status="paid").voucher == voucher
    assert client.get(link(asked, "pay")).url == done.url
    assert client.get(link(asked)).url == link(asked, "pay")
    assert client.session.get("voucher") is None


@pytest.mark.parametrize("code", ["", "X", "ABCD-EFGH-JKMN"])
def test_an_unknown_code_at_a_pay_link_changes_nothing(client, asked, code):
    page = client.post(link(asked), {"code": code}, follow=True)
    assert page.redirect_chain[-1][0] == link(asked, "pay")
    assert "Deze code kennen we niet" in page.content.decode()
    assert Appointment.objects.get().deposit_cents == 2500


def test_with_its_payment_page_open_it_is_paid_there(world, client, treatment, asked):
    voucher = buy(world, client)
    read = client.get(link(asked, "pay")).context["form"]["read"].value()
    assert "checkout" in client.post(link(asked, "pay"), {"accept": "on", "read": read}).url
    page = client.post(link(asked), {"code": voucher.code}, follow=True)

    told = {"accept": "on", "read": page.context["form"]["read"].value()}
    answer = client.post(link(asked), told, follow=True)

    assert "betaalpagina staat nog open" in answer.content.decode()
    assert Appointment.objects.get().status == "held"
    assert purse_of(voucher).left_cents == 5000


def test_a_voucher_for_less_than_the_deposit_is_told_at_a_pay_link(world, client, asked):
    voucher = buy(world, client, told={**GIFT, "amount": "20"})
    page = client.post(link(asked), {"code": voucher.code}, follow=True)
    assert "niet genoeg voor de aanbetaling" in page.content.decode()


def test_strangers_open_nothing(world, client, treatment):
    voucher = buy(world, client)
    for name in ("voucher", "voucher_paper"):
        assert client.get(reverse(f"portal:{name}", args=["x" * 16])).status_code == 404
    Voucher.objects.update(status="open")
    assert client.get(reverse("portal:voucher", args=[voucher.token])).status_code == 404
    client.session.flush()
    page = client.get(f"/tegoed/betaald/{voucher.reference}/")
    assert voucher.token not in page.content.decode()


def test_cancelling_in_time_puts_it_back(world, client, treatment, course):
    voucher = buy(world, client, f"/tegoed/kopen/?kuur={course.pk}", BUYER)
    client.post(reverse("portal:book_with", args=[voucher.token]))
    to_the_last_step(client, treatment)
    client.get(reverse("portal:terms"))
    agree(client)
    one = Appointment.objects.get()
    client.post(appointment_page(one, "cancel"), {"quoted_cents": "0"})
    settled = clock.now() + timedelta(minutes=10)
    payments.settle_changed(clinic=Clinic.objects.get(), now=settled)

    page = client.get(reverse("portal:voucher", args=[voucher.token])).content.decode()

    assert "6 sessies" in page
    assert "€ 80,00 kwam terug" in page.replace("\xa0", " ")
    assert "terug op je tegoed" in client.get(appointment_page(one)).content.decode()
