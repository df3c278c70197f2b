import csv
import io
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import translation

from bookings.models import User
from clinic.office.charts import Bars, RunChart, svg
from clinic.office.statistics import Proportion
from clinic.office.tables import Euros, Percent, Table, as_csv
from clinic.office.views import BLOCKS
from clinic.office.words import in_words
from reminders.models import IfThenPlan
from tests.clinic.ended import HOUR, PRICE, a_cancelled, a_payment, an_ended
from tests.factories import UserFactory

ADDRESS = "/office/?period=own&since=2024-05-01&until=2024-05-31"


@pytest.fixture
def owner(client, treatment):
    user = UserFactory(username="eigenaar")
    user.groups.add(Group.objects.get_or_create(name=User.OWNER)[0])
    client.force_login(user)
    return client


def test_the_page_shows_the_figures(owner, treatment):
    an_ended(treatment, "2024-05-11 10:00")
    an_ended(treatment, "2024-05-12 10:00", "no_show")

    page = owner.get(ADDRESS)

    assert page.status_code == 200
    lost, no_show, late, confirmed = (tile.proportion for tile in page.context["tiles"])
    assert (lost, no_show) == (Proportion(1, 2), Proportion(1, 2))
    assert (late, confirmed) == (Proportion(0, 2), Proportion(0, 0))
    assert [block.slug for block in page.context["blocks"]] == [*BLOCKS][1:]
    text = page.content.decode()
    assert 'role="img"' in text
    assert "style=" not in text


def test_every_number_of_rows_takes_the_same_queries(owner, treatment, django_assert_num_queries):
    an_ended(treatment, "2024-05-11 10:00")
    owner.get(ADDRESS)  # reads the reference data, which are kept
    with django_assert_num_queries(15):
        owner.get(ADDRESS)
    for day in (12, 13):
        one = an_ended(treatment, f"2024-05-{day} 10:00", "no_show")
        a_payment(one, "fee", PRICE, created=f"2024-05-{day} 12:00")
        IfThenPlan.objects.create(appointment=one, offered_at=one.booked_at)
    with django_assert_num_queries(15):
        owner.get(ADDRESS)


def test_with_nothing_to_report_the_page_says_so(owner):
    page = owner.get(ADDRESS)

    assert page.status_code == 200
    assert page.context["report"].is_empty
    assert '<svg class="chart"' not in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "period=own",
        "period=own&since=2024-05-01",
        "period=own&since=2024-05-31&until=2024-05-01",
        "period=own&since=2020-01-01&until=2024-05-01",
        "period=own&since=0001-01-01&until=0001-01-02",
        "period=own&since=9999-12-01&until=9999-12-31",
        "period=own&since=gisteren&until=morgen",
        "period=7",
        "treatment=999999",
        "treatment=x",
        "practitioner=-1",
    ],
)
@pytest.mark.parametrize("page", ["/office/", "/office/geld.csv"])
def test_a_wrong_filter_is_told_with_the_report_still_there(owner, page, query):
    answer = owner.get(f"{page}?{query}")

    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert "text/html" in answer.headers["Content-Type"]


@pytest.mark.parametrize("slug", BLOCKS)
def test_each_block_can_be_downloaded(owner, treatment, slug):
    an_ended(treatment, "2024-05-12 10:00", "no_show")

    answer = owner.get(f"/office/{slug}.csv?period=own&since=2024-05-01&until=2024-05-31")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = f"{slug}-2024-05-01-2024-05-31.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert {len(row) for row in rows} == {len(rows[0])}


def test_there_is_no_file_of_a_block_that_is_not_there(owner):
    assert owner.get("/office/alles.csv").status_code == 404


def test_the_definitions_are_told(owner):
    text = owner.get(reverse("office:definitions")).content.decode()

    assert "<dt>" in text
    assert "15" in text
    assert "20" in text


PAGES = ["/office/", "/office/definities/", "/office/geld.csv"]


@pytest.mark.parametrize("page", PAGES)
def test_who_is_not_logged_in_logs_in_first(client, treatment, page):
    answer = client.get(page)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("group", [User.RECEPTIONIST, User.PRACTITIONER])
@pytest.mark.parametrize("page", PAGES)
def test_only_the_owner_sees_the_office(client, treatment, page, group):
    user = UserFactory()
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    client.force_login(user)

    assert client.get(page).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_the_office_only_shows(owner, page):
    assert owner.post(page).status_code == 405


def test_a_file_is_for_a_dutch_spreadsheet():
    table = Table(
        "Geld",
        ["Wat", "Aantal", "Deel", "Bedrag"],
        [["a;b", 1234, Percent(0.05478), Euros(123405)], ["=1+1", 0, Percent(None), Euros(0)]],
    )

    assert as_csv(table) == (
        '\ufeffWat;Aantal;Deel;Bedrag\r\n"a;b";1234;5,48;1234,05\r\n\'=1+1;0;;0,00\r\n'
    )


def test_a_reason_never_becomes_a_formula(owner, treatment):
    reason = '=HYPERLINK("http://x.example")'
    a_cancelled(treatment, "2024-05-12 10:00", before=HOUR, cancel_reason=reason)

    text = owner.get("/office/redenen.csv?" + ADDRESS.partition("?")[2]).content.decode()

    assert "'=HYPERLINK" in text


@pytest.mark.parametrize(
    ("case", "proportion", "expected"),
    [
        ("enough", Proportion(39, 712), "39 of 712 (5.5 %, between 4.0 and 7.4 %)"),
        ("none of enough", Proportion(0, 25), "0 of 25 (0 to 13.3 %)"),
        ("all", Proportion(25, 25), "25 of 25 (100.0 %, between 86.7 and 100.0 %)"),
        ("too few", Proportion(3, 19), "3 of 19 (too little data)"),
        ("nothing", Proportion(0, 0), "0 of 0 (no data)"),
        ("thousands", Proportion(1234, 4000), "1,234 of 4,000 (30.8 %, between 29.4 and 32.3 %)"),
    ],
)
def test_a_share_in_words(case, proportion, expected):
    with translation.override("en"):
        assert in_words(proportion).replace("\xa0", " ") == expected


def test_a_chart_escapes_its_texts():
    drawn = svg(Bars(summary='<b> "a"', labels=["<i>"], values=[3]))

    assert 'aria-label="&lt;b&gt; &quot;a&quot;"' in drawn
    assert "&lt;i&gt;" in drawn
    assert "<i>" not in drawn


def test_an_empty_run_is_drawn_too():
    assert "<svg" in svg(RunChart(summary="leeg", points=[]))


def test_the_office_only_reads():
    """The report is made of reads; nothing in it writes a row."""
    sources = Path("clinic/office").glob("*.py")
    writes = (".save(", ".create(", ".update(", ".delete(", "bulk_create")

    assert [p.name for p in sources if any(word in p.read_text() for word in writes)] == []
