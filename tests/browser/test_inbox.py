"""A question by SMS, its way to the desk, and the answer back on her telephone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, Opener
from tests.browser.looking import Look
from tests.browser.test_thread import log_in
from tests.browser.walking import Walk
from tests.world.world import World

pytestmark = pytest.mark.browser
SANNE = "06 31 00 00 01"


def test_a_question_by_text_is_answered_by_whoever_is_at_the_desk(
    world: World, open_browser: Opener
) -> None:
    sanne, look = Walk(open_browser(), world), Look()
    with world.visitor() as visitor:
        visitor.book("peeling", phone=SANNE)
    sanne.sees(sanne.telephone(SANNE), re.compile("staat vast"))
    sanne.page.locator("#body").fill("Mag ik met make-up komen?")
    sanne.page.get_by_role("button", name="Versturen").click()

    desk = open_browser(DESKTOP)
    log_in(desk, world, "balie", "/desk/berichten/")
    Walk(desk, world).sees(f"{world.url}/desk/berichten/", "Mag ik met make-up komen?")
    look.at(desk, "inbox")
    desk.locator(".inbox li", has_text="make-up").get_by_role("link").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(".talk .waits")).to_have_text(re.compile("make-up"))
    look.at(desk, "talk")
    desk.get_by_role("button", name="Beantwoorden").click()
    look.at(desk, "talk with mistakes")
    desk.get_by_label("Je bericht").fill("Liever zonder, Sanne.")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text(re.compile("is onderweg"))).to_be_visible()
    look.at(desk, "answered")

    sanne.sees(sanne.telephone(SANNE), "Liever zonder, Sanne.")
    assert look.wrong == []
