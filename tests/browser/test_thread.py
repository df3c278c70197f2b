"""The whole thread in a browser: booked, paid, planned, reminded, confirmed, cancelled, charged."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, Opener
from tests.browser.looking import Look
from tests.browser.walking import Walk, in_words
from tests.world.world import Plan, World

pytestmark = pytest.mark.browser
SANNE, MILA, NOA = "06 11 22 33 01", "06 11 22 33 02", "06 11 22 33 03"
ACTION = "ga ik met de fiets naar de kliniek"


@pytest.fixture
def own_world(tmp_path: Path) -> Iterator[World]:
    """Run a clinic whose clock only this test moves."""
    with World(tmp_path, Plan(tick_seconds=0.5)) as running:
        yield running
        assert running.server_errors() == []


def move_clock(page: Page, world: World, to: datetime) -> None:
    """Set the clinic's clock on the sandbox's own page."""
    page.goto(f"{world.sandbox.url}/clock/")
    page.locator("#to").fill(f"{to:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Zet de klok").click()
    expect(page.locator("time span")).to_have_text(f"{to:%H:%M}")


def log_in(page: Page, world: World, name: str, path: str) -> None:
    """Log in as somebody of the clinic, on the way to a page."""
    page.goto(world.url + path)
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill("linde-demo")
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile(re.escape(world.url + path)))


def test_the_thread(own_world: World, open_browser: Opener) -> None:
    world = own_world
    sanne = Walk(open_browser(), world)
    token = _books_with_a_plan(sanne)
    _is_confirmed_at_once(sanne, token)
    _is_asked_and_says_yes(sanne, token)
    _is_reminded(sanne)
    desk = open_browser(DESKTOP)
    _desk_sees_her(desk, sanne)

    mila, noa = Walk(open_browser(), world), Walk(open_browser(), world)
    tokens = {
        "mila": _books(mila, "Mila", MILA, method="card"),
        "noa": _books(noa, "Noa", NOA, method="card_declined"),
    }
    move_clock(mila.page, world, mila.starts_at - timedelta(hours=20))
    _comes(desk, sanne)
    _cancels_late(mila, tokens["mila"])
    _cancels_late(noa, tokens["noa"])
    world.forward(minutes=4)  # the time to think again is over
    _was_charged(mila, tokens["mila"])
    _pays_by_link(noa, tokens["noa"])
    move_clock(mila.page, world, mila.starts_at + timedelta(hours=2))
    _office_counts_them(open_browser(DESKTOP), world)


def _books_with_a_plan(sanne: Walk) -> str:
    page = sanne.page
    sanne.choose("Laserontharing", "Noor de Wit", on=sanne.world.local_date(days=8))
    expect(page.locator("[data-hold]")).to_contain_text("voor je vastgehouden")
    sanne.tell("Sanne", SANNE, reach_by="whatsapp")

    sanne.type("written_when", f"vrijdag om {sanne.starts_at:%H:%M}")
    page.get_by_text(ACTION).click()
    sanne.go_on()
    corrected = f"Dat is een andere dag dan je afspraak. Die is {in_words(sanne.starts_at)}."
    expect(page.get_by_role("alert")).to_contain_text(corrected)
    expect(page.locator("[name=written_when]")).to_have_value(re.compile("vrijdag"))

    sanne.type("written_when", in_words(sanne.starts_at))
    sanne.go_on()
    expect(page.locator("blockquote")).to_have_text(_plan_of(sanne))
    page.get_by_label(ACTION).check()
    sanne.go_on()
    deadline = in_words(sanne.starts_at - timedelta(hours=24)).removesuffix(" uur")
    expect(page.locator(".policy")).to_contain_text(f"verzetten tot {deadline}")
    expect(page.locator(".policy")).to_contain_text("Daarna kost annuleren € 45")
    sanne.accept()
    page.wait_for_url(f"{sanne.world.sandbox.url}/checkout/**")
    return sanne.pay()


def _plan_of(sanne: Walk) -> str:
    return f"Als het {in_words(sanne.starts_at - timedelta(minutes=45))} is, dan {ACTION}."


def _is_confirmed_at_once(sanne: Walk, token: str) -> None:
    page, world = sanne.page, sanne.world
    expect(page.get_by_role("heading", level=1)).to_have_text("Je afspraak staat vast")
    expect(page.locator("blockquote")).to_have_text(_plan_of(sanne))
    expect(page.get_by_text("Aanbetaling, betaald")).to_be_visible()
    sanne.sees(sanne.telephone(SANNE), re.compile(re.escape(_plan_of(sanne))))
    expect(page.locator(".text", has_text=f"/a/{token}/")).to_have_count(1)
    sanne.sees(f"{world.sandbox.url}/mailbox/", re.compile("Je afspraak bij Linde"))
    page.get_by_role("link", name=re.compile("Je afspraak bij Linde")).click()
    expect(page.get_by_role("link", name="afspraak.ics")).to_be_visible()
    starts = f"{sanne.starts_at.astimezone(UTC):DTSTART:%Y%m%dT%H%M%SZ}"
    expect(page.locator("pre").first).to_contain_text(starts)


def _is_asked_and_says_yes(sanne: Walk, token: str) -> None:
    page, world = sanne.page, sanne.world
    move_clock(page, world, sanne.starts_at - timedelta(days=3) + timedelta(minutes=1))
    sanne.sees(sanne.telephone(SANNE), re.compile("kom je .* naar Linde"))
    page.get_by_role("button", name="JA").click()
    sanne.sees(sanne.telephone(SANNE), re.compile("Fijn, Sanne"))
    sanne.sees(f"{world.url}/a/{token}/", "Bevestigd")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tot gauw")


def _is_reminded(sanne: Walk) -> None:
    day_before = (sanne.starts_at - timedelta(days=1)).replace(hour=9, minute=1)
    move_clock(sanne.page, sanne.world, day_before)
    hour = f"{sanne.starts_at.hour}:{sanne.starts_at:%M}"
    words = f"we hebben tijd voor je gereserveerd, tot morgen om {hour} uur[.!]"
    sanne.sees(sanne.telephone(SANNE), re.compile(words))


def _desk_sees_her(desk: Page, sanne: Walk) -> None:
    day = f"/desk/lijst/{sanne.starts_at:%Y-%m-%d}/"
    log_in(desk, sanne.world, "balie", day)
    row = desk.get_by_role("row", name=re.compile("Sanne de Boer"))
    expect(row).to_contain_text("Laserontharing")
    expect(row).to_contain_text(re.compile("bevestigd", re.IGNORECASE))
    expect(row).to_contain_text(re.compile("betaald", re.IGNORECASE))
    desk.goto(f"{sanne.world.url}/desk/agenda/{sanne.starts_at:%Y-%m-%d}/")
    card = desk.get_by_role("article").filter(has_text="Sanne de Boer")
    expect(card).to_contain_text("Laserontharing, aanbetaald")
    expect(card).to_contain_text("Bevestigd")


def _comes(desk: Page, sanne: Walk) -> None:
    desk.goto(f"{sanne.world.url}/desk/lijst/{sanne.starts_at:%Y-%m-%d}/")
    row = desk.get_by_role("row", name=re.compile("Sanne de Boer"))
    row.locator("button[formaction$='/aanwezig/']").click()
    expect(row.locator(".pill")).to_have_text("Aanwezig")


def _books(walk: Walk, name: str, phone: str, *, method: str) -> str:
    walk.choose("Laserontharing", "Noor de Wit", on=walk.world.local_date(days=2))
    walk.tell(name, phone)
    walk.skip_plan()
    walk.accept()
    return walk.pay(method)


def _cancels_late(walk: Walk, token: str) -> None:
    page = walk.page
    page.goto(f"{walk.world.url}/a/{token}/")
    walk.tap(f"a[href$='/a/{token}/annuleren/']")
    sums = page.locator("dl.sums")
    expect(sums).to_contain_text("Uit je aanbetaling € 25,00")
    expect(sums).to_contain_text("Nog te betalen € 20,00")
    expect(sums).to_contain_text("Kosten bij te laat annuleren € 45,00")
    page.get_by_role("button", name="Annuleer, kosten € 45").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Je afspraak is geannuleerd")


def _was_charged(mila: Walk, token: str) -> None:
    world = mila.world
    mila.sees(f"{world.url}/a/{token}/", "€ 20,00: betaald")
    bank = world.sandbox.get("/control/stripe")
    charged = [one for one in bank["payment_intents"] if one["amount"] == 2000]
    assert [(one["status"], one["currency"]) for one in charged].count(("succeeded", "eur")) == 1
    assert bank["refunds"] == []
    mila.page.goto(f"{world.sandbox.url}/money/")
    expect(mila.page.get_by_role("row", name="€ 20,00").first).to_be_visible()


def _pays_by_link(noa: Walk, token: str) -> None:
    page, world = noa.page, noa.world
    noa.sees(noa.telephone(NOA), re.compile("Betalen kan hier"))
    page.locator("a[href*='/betalen/']").last.click()
    page.get_by_role("button", name="Betaal € 20").click()
    page.wait_for_url(f"{world.sandbox.url}/checkout/**")
    assert noa.pay() == token
    noa.sees(f"{world.url}/a/{token}/", "€ 20,00: betaald")


def _office_counts_them(office: Page, world: World) -> None:
    log_in(office, world, "eigenaar", "/office/")
    office.locator("[name=period]").select_option("own")
    office.locator("[name=since]").fill(str(world.local_date(days=-20)))
    office.locator("[name=until]").fill(str(world.local_date(days=0)))
    office.get_by_role("button", name="Toon", exact=True).click()
    late = office.locator(".tile", has_text="Te laat geannuleerd")
    expect(late).to_contain_text("2 van 3")
    no_shows = office.locator(".tile", has_text="No-shows")
    expect(no_shows).to_contain_text("0 van 3")
    for figure in (
        "Aanbetalingen gehouden 2 € 50,00",
        "Kosten betaald 2 € 40,00",
        "Kosten nog open 0 € 0,00",
    ):
        expect(office.get_by_role("row", name=figure).first).to_be_attached()
    look = Look()
    look.at(office, "office with figures")
    assert look.wrong == []
