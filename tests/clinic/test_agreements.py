"""The owner reads what a client would read, and what each moment would cost her."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from bookings.models import Appointment, ClientGroup, User
from tests.factories import UserFactory, a_clinic

ADDRESS = "/office/voorwaarden/"


@pytest.fixture
def owner(client, db):
    user = UserFactory()
    user.groups.add(Group.objects.get_or_create(name=User.OWNER)[0])
    client.force_login(user)
    return client


@pytest.fixture
def laser(db):
    return a_clinic(
        price_cents=10_000,
        deposit_percent=20,
        deposit_from="new",
        late_fee_cents=0,
        late_fee_percent=50,
        last_minute=timedelta(hours=4),
        last_minute_fee_percent=80,
        no_show_fee_cents=10_000,
    )


def costs(page):
    shown = page.context["costs"].shown
    return [[cell.replace("\xa0", " ") for cell in cells] for _, cells in shown]


@pytest.mark.parametrize(
    ("case", "who", "deposit", "late"),
    [
        ("new", "new", 2000, ["€ 50,00", "€ 20,00", "€ 30,00", "€ 0,00"]),
        ("has been here", "regular", 0, ["€ 50,00", "€ 0,00", "€ 50,00", "€ 0,00"]),
        ("did not come too often", "record", 2000, ["€ 50,00", "€ 20,00", "€ 30,00", "€ 0,00"]),
    ],
)
def test_what_each_client_pays(owner, laser, case, who, deposit, late):
    page = owner.get(ADDRESS, {"who": who, "days": "9"}, headers={"accept-language": "nl"})

    assert page.context["terms"].deposit_cents == deposit
    free, *rest = costs(page)
    assert free[:1] == ["€ 0,00"]
    assert [row[0] for row in rest] == ["€ 50,00", "€ 80,00", "€ 100,00"]
    assert rest[0] == late
    assert "Een aanbetaling vragen we van wie hier nieuw is" in page.content.decode()
    assert "We ask a deposit of whoever is new here" in page.content.decode()
    assert not Appointment.objects.exists()


def test_a_group_reads_its_own(owner, laser):
    group = ClientGroup.objects.create(name="Vaste klanten", late_fee_percent=10)
    page = owner.get(ADDRESS, {"who": str(group.pk), "treatment": str(laser.pk)})
    assert (page.context["terms"].deposit_cents, page.context["terms"].late_fee_cents) == (0, 1000)


def test_what_is_always_free_says_so(owner):
    a_clinic(late_fee_cents=0, no_show_fee_cents=0)
    page = owner.get(ADDRESS, headers={"accept-language": "nl"})
    assert "Annuleren of verzetten is altijd gratis." in page.content.decode()
    assert [row[0] for row in costs(page)] == ["€ 0,00", "€ 0,00"]


@pytest.mark.parametrize(
    "asked",
    [{"who": "9999"}, {"treatment": "laser"}, {"days": "-1"}, {"days": "9999"}, {"days": "x"}],
)
def test_what_cannot_be_read_is_told_and_the_page_stands(owner, laser, asked):
    page = owner.get(ADDRESS, asked)
    assert (page.status_code, len(page.context["form"].errors)) == (400, 1)
    assert page.context["pretended"].treatment == laser


def test_without_a_treatment_there_is_nothing_to_read(owner, laser):
    laser.is_active = False
    laser.save()
    assert owner.get(ADDRESS).context["pretended"] is None


@pytest.mark.parametrize("group", [User.RECEPTIONIST, User.PRACTITIONER])
def test_only_the_owner_reads_it(client, laser, group):
    user = UserFactory()
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    client.force_login(user)
    assert client.get(ADDRESS).status_code == 403
