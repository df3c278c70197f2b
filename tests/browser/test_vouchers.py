"""A gift voucher from the shop to the chair, as its buyer and its receiver see it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.looking import Look
from tests.browser.walking import Walk
from tests.world.world import World

pytestmark = pytest.mark.browser


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
