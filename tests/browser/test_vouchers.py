"""A gift voucher from the shop to the chair, as its buyer and its receiver see it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, Opener
from tests.browser.looking import Look
from tests.browser.test_thread import log_in
from tests.browser.walking import Walk
from tests.world.world import World

pytestmark = pytest.mark.browser
CALLER = {
    "first_name": "Bel",
    "last_name": "de Vries",
    "phone": "06 55 00 00 51",
    "email": "bel@example.nl",
}


def test_the_desk_takes_a_voucher_by_telephone(world: World, open_browser: Opener) -> None:
    code = world.rows("gift")
    look, page = Look(), open_browser(DESKTOP)
    log_in(page, world, "balie", "/desk/")
    page.get_by_role("link", name="Tegoeden").click()
    look.at(page, "vouchers at the desk")
    laser = world.value("select id from bookings_treatment where slug = 'laser'")
    page.goto(f"{world.url}/desk/nieuw/?behandeling={laser}&klant=new")
    for name, value in CALLER.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("#times label.chip").first.click()
    page.get_by_label("Code van een tegoed").fill("niets")
    page.get_by_role("button", name="Verder").click()
    look.at(page, "a code that nobody knows")
    page.get_by_label("Code van een tegoed").fill(code)
    page.get_by_role("button", name="Verder").click()
    expect(page.get_by_text("Het tegoed betaalt € 75,00 vooraf")).to_be_visible()
    look.at(page, "read back with a voucher")
    page.locator("#accepted").check()
    page.locator("button[value=book]").click()
    expect(page).to_have_url(re.compile(r"/desk/agenda/"))
    page.goto(f"{world.url}/desk/tegoed/?q={code}")
    page.locator(".found a").first.click()
    expect(page.locator("#visits-title")).to_be_visible()
    look.at(page, "a voucher at the desk")
    assert look.wrong == []


def test_a_pay_link_is_paid_with_a_voucher(world: World, open_browser: Opener) -> None:
    code = world.rows("gift")
    look, desk, page = Look(), open_browser(DESKTOP), open_browser()
    log_in(desk, world, "balie", "/desk/")
    laser = world.value("select id from bookings_treatment where slug = 'laser'")
    desk.goto(f"{world.url}/desk/nieuw/?behandeling={laser}&klant=new")
    for name, value in (CALLER | {"phone": "06 55 00 00 52"}).items():
        desk.locator(f"[name={name}]").fill(value)
    desk.locator("#times label.chip").last.click()
    desk.get_by_role("button", name="Verder").click()
    desk.locator("button[value=book]").click()
    expect(desk).to_have_url(re.compile(r"/desk/agenda/"))
    token = world.value("select token from payments_payment where asked_at is not null")
    page.goto(f"{world.url}/betalen/{token}/")
    page.get_by_text("Ik heb een cadeaubon").click()
    look.at(page, "pay link with a place for a code")
    page.get_by_label("De code van je tegoed").fill(code)
    page.get_by_role("button", name="Deze code gebruiken").click()
    look.at(page, "pay link with a voucher")
    page.locator("input[name=accept]").check()
    page.get_by_role("button", name="Boeken met het tegoed").click()
    expect(page).to_have_url(re.compile(r"/a/[\w-]{16}/$"))
    assert look.wrong == []


def test_a_gift_is_bought_and_pays_a_visit(world: World, open_browser: Opener) -> None:
    world.database.execute(
        "update bookings_clinic set sells_vouchers = true;"
        "insert into payments_courseoffer (treatment_id, sessions, session_cents, is_active)"
        " select id, 4, 8000, true from bookings_treatment where slug = 'laser'"
    )
    look, buyer = Look(), open_browser()
    buyer.goto(f"{world.url}/")
    buyer.get_by_role("link", name="Cadeaubonnen en kuren").click()
    look.at(buyer, "shop")
    buyer.get_by_role("link", name="Een cadeaubon geven").click()
    look.at(buyer, "buying a gift")
    buyer.get_by_role("button", name="Naar de betaalpagina").click()
    look.at(buyer, "buying with mistakes")
    buyer.get_by_label("Bedrag").fill("60")
    buyer.get_by_label("Voor wie").fill("Zoë")
    buyer.get_by_label("Je wens").fill("Geniet ervan")
    buyer.get_by_label("Je naam").fill("Anna Koper")
    buyer.get_by_label("Je e-mailadres").fill("anna@example.org")
    buyer.get_by_role("button", name="Naar de betaalpagina").click()
    buyer.locator("input[value=ideal]").check()
    buyer.locator("form button").first.click()
    expect(buyer).to_have_url(re.compile(r"/tegoed/[\w-]{16}/$"))
    look.at(buyer, "the voucher")
    code = buyer.locator("code").inner_text()

    walk = Walk(open_browser(), world)
    walk.choose("Laserontharing", "Maakt niet uit")
    walk.tell("Fleur", "06 55 00 00 41")
    walk.skip_plan()
    page = walk.page
    page.get_by_text("Ik heb een cadeaubon").click()
    page.evaluate("scrollTo(0, 0)")  # from under the button that stays in sight
    look.at(page, "terms with a place for a code")
    page.get_by_label("De code van je tegoed").fill(code)
    page.get_by_role("button", name="Deze code gebruiken").click()
    expect(page.locator("#voucher-title")).to_be_visible()
    look.at(page, "terms with a voucher")
    page.locator("input[name=accept]").check()
    page.get_by_role("button", name="Boeken met het tegoed").click()
    expect(page).to_have_url(re.compile(r"/a/[\w-]{16}/$"))
    look.at(page, "booked with a voucher")

    mails = world.wait(
        lambda: [
            one
            for one in world.sandbox.get("/control/emails")["emails"]
            if one["to"] == ["anna@example.org"]
        ]
    )
    assert code in mails[0]["text"]
    buyer.reload()
    expect(buyer.locator("#uses-title")).to_be_visible()
    look.at(buyer, "the voucher after a visit")
    assert look.wrong == []
