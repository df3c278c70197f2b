"""A course of sessions, planned at the desk and looked at by its client."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, Opener
from tests.browser.looking import Look
from tests.browser.test_thread import log_in
from tests.world.world import World

pytestmark = pytest.mark.browser


def test_the_pages_of_a_course(world: World, open_browser: Opener) -> None:
    page, look = open_browser(DESKTOP), Look()
    with world.visitor() as visitor:
        visitor.book("analyse", phone="06 55 00 00 41")
    client = world.value("select max(client_id) from bookings_appointment")
    log_in(page, world, "balie", f"/desk/klant/{client}/kuur/")
    look.at(page, "course asked")
    page.locator("#id_treatment").select_option(label="Laserontharing")
    page.locator("#id_count").fill("5")
    page.locator("#id_weeks").fill("4")
    page.locator("label[for=id_weekdays_2]").click()
    page.locator("button[value=propose]").click()
    expect(page.locator(".session")).to_have_count(5)
    page.locator(".session summary").nth(1).click()
    page.locator(".session").nth(1).locator(".chip").nth(3).click()
    look.at(page, "course proposed")
    page.locator("button[value=follow-2]").click()
    page.locator("input[name=expected_1]").fill("De eerste haartjes vallen uit na twee weken.")
    page.locator("input[name=expected_3]").fill("Ongeveer de helft van de haartjes is weg.")
    page.locator("button[value=book]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#accepted").check()
    page.locator("button[value=book]").click()
    expect(page.locator(".course-box")).to_be_visible()
    page.locator(".course-box summary").click()
    look.at(page, "course on the card")
    for name in ("verplaatsen", "annuleren"):
        page.locator(f".course-box a[href*='/kuur/{name}/']").click()
        look.at(page, f"course {name}")
        page.go_back()
    page.locator(".course-box a[href*='/kuur/annuleren/']").click()
    page.locator("#reach-one").check()
    page.locator("#by-clinic").check()
    page.locator("button.btn-careful").click()
    expect(page.locator(".toast-line")).to_be_visible()
    token = world.value("select token from bookings_treatmentplan order by id desc limit 1")
    client_s = open_browser()
    client_s.goto(f"{world.url}/kuur/{token}/")
    look.at(client_s, "course of the client")
    client_s.locator(".line-more").first.click()
    expect(client_s).to_have_url(re.compile("/a/"))
    look.at(client_s, "appointment of a course")
    assert look.wrong == []
