"""What can be kept on paper: read back from the PDF as a person would read it."""

import logging
from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from pypdf import PdfReader

from bookings import operations as bookings
from bookings.models import Appointment, By, Clinic, User
from clinic.papers.paper import Paper
from clinic.papers.row import Row
from payments import operations as payments
from payments.models import Payment
from tests.factories import NOW, START, ClientFactory, UserFactory, a_clinic, an_appointment
from tests.payments.books import general_rate, paid_deposit
from tests.when import ZONE


@pytest.fixture
def appointment(db):
    general_rate()
    Clinic.objects.all().delete()
    treatment = a_clinic()
    Clinic.objects.update(registration="12345678", vat_number="NL001234567B01")
    who = ClientFactory(first_name="Zoë", last_name="de Vries")
    one = paid_deposit(an_appointment(treatment, client=who))
    payments.post(one.pk, now=NOW)
    payments.number_receipts(clinic=Clinic.objects.get(), zone=ZONE, now=NOW)
    return one


@pytest.fixture
def receptionist(client, db):
    user = UserFactory()
    user.groups.add(Group.objects.get_or_create(name=User.RECEPTIONIST)[0])
    client.force_login(user)
    return client


def pages(answer):
    """The text of each sheet, with ordinary spaces."""
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    reader = PdfReader(BytesIO(answer.content))
    return [page.extract_text().replace("\xa0", " ") for page in reader.pages]


def of_client(client, appointment, name):
    return client.get(reverse("portal:receipt", args=[appointment.token, name]))


def test_a_receipt_says_who_paid_what_for_what(client, appointment):
    (text,) = pages(of_client(client, appointment, "2026-00001"))

    clinic = Clinic.objects.get()
    for said in (
        clinic.name,
        clinic.full_address,
        "Betaalbewijs",
        "2026-00001",
        "maandag 2 maart 2026",
        "Zoë de Vries",
        appointment.treatment.name,
        "iDEAL",
        "€ 25,00",
        "€ 4,34 btw (21 %)",
        "KvK 12345678",
        "Btw-nummer NL001234567B01",
        "Pagina 1 van 1",
    ):
        assert said in text, (said, text)


def test_what_went_back_is_below_nothing(client, appointment):
    bookings.cancel(appointment.pk, by=By.CLINIC, now=NOW)
    payments.settle_changed(clinic=Clinic.objects.get(), now=START)
    refund = Payment.objects.get().refunds.get()
    refund.status, refund.given_at = "succeeded", START
    refund.save()
    payments.post(appointment.pk, now=START)
    payments.number_receipts(clinic=Clinic.objects.get(), zone=ZONE, now=START)

    (text,) = pages(of_client(client, appointment, "2026-00002"))

    assert "Bewijs van terugbetaling" in text
    assert "-25,00" in text
    assert "Daarin zat € 4,34 btw (21 %). Die vervalt." in text


def test_it_is_in_the_readers_language(client, appointment):
    answer = client.get(
        reverse("portal:receipt", args=[appointment.token, "2026-00001"]),
        headers={"accept-language": "en"},
    )
    (text,) = pages(answer)
    assert "Receipt" in text
    assert "€25.00" in text


def test_another_client_finds_nothing(client, appointment):
    other = an_appointment(appointment.treatment, starts_at=START.replace(day=18))
    assert of_client(client, other, "2026-00001").status_code == 404
    assert of_client(client, appointment, "2026-00099").status_code == 404
    assert client.get(f"/a/{appointment.token}/bon/2026-x.pdf").status_code == 404
    assert client.get(f"/a/{appointment.token}/bon/2026-999999999.pdf").status_code == 404


def test_the_desk_opens_it_and_a_stranger_does_not(client, appointment):
    address = reverse("desk:receipt", args=["2026-00001"])
    assert client.get(address).status_code == 302
    user = UserFactory()
    user.groups.add(Group.objects.get_or_create(name=User.RECEPTIONIST)[0])
    client.force_login(user)
    assert "Zoë de Vries" in pages(client.get(address))[0]


def test_her_pages_lead_to_it(client, appointment):
    address = reverse("portal:receipt", args=[appointment.token, "2026-00001"])
    for name in ("wallet", "evidence"):
        page = client.get(reverse(f"portal:{name}", args=[appointment.token]))
        assert address in page.content.decode(), name


def test_the_costs_on_paper_are_the_costs_on_the_page(client, appointment):
    bookings.cancel(appointment.pk, by=By.CLIENT, now=START - timedelta(hours=1))
    Appointment.objects.update(terms_text="Wat we hebben afgesproken. " * 40)
    payments.settle_changed(clinic=Clinic.objects.get(), now=START)
    page = client.get(reverse("portal:evidence", args=[appointment.token])).context["one"]

    sheets = pages(client.get(reverse("portal:evidence_paper", args=[appointment.token])))

    text = " ".join(" ".join(sheets).split())
    assert " ".join(page.ended.split()) in text
    assert "betaalbewijs 2026-00001" in text
    for line in page.sums:
        assert line.title in text


def test_without_money_there_are_no_costs_to_print(client, db):
    treatment = a_clinic(late_fee_percent=0, no_show_fee_percent=0)
    one = an_appointment(treatment)
    address = reverse("portal:evidence_paper", args=[one.token])
    assert client.get(address).status_code == 404


def test_every_name_can_be_printed(caplog):
    caplog.set_level(logging.WARNING, logger="fpdf")
    names = ["Łukasz Żółć", "Şebnem Ağaoğlu", "Зоя Петрова", "Ελένη", "Ng Thị Ánh"]
    paper = Paper(title="Namen", clinic="Kliniek", address="Laan 1", foot="{page}", language="nl")
    paper.rows(Row(name, "€ 1") for name in names)

    (text,) = [page.extract_text() for page in PdfReader(BytesIO(paper.as_bytes())).pages]

    for name in names:
        assert name in text
    assert caplog.records == []


def test_a_long_paper_has_the_clinic_and_the_number_on_each_sheet():
    paper = Paper(
        title="Lang", clinic="De Linde", address="Laan 1", foot="{page}/{pages}", language="nl"
    )
    paper.rows(Row(f"regel {n}", "€ 1,00", note="met meer erbij") for n in range(60))

    sheets = [page.extract_text() for page in PdfReader(BytesIO(paper.as_bytes())).pages]

    assert len(sheets) > 2
    for n, sheet in enumerate(sheets, start=1):
        assert "De Linde" in sheet
        assert f"{n}/{len(sheets)}" in sheet
    assert sum(sheet.count("regel ") for sheet in sheets) == 60
