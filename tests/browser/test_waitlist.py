"""From asking for an earlier time to having it, with a real worker, on a telephone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, Opener
from tests.browser.looking import Look
from tests.browser.test_thread import log_in
from tests.world.visitor import Visitor
from tests.world.world import Plan, World

pytestmark = pytest.mark.browser


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Run a clinic of this test's own: nobody else waits for what comes free here."""
    with World(tmp_path, Plan()) as running:
        yield running
        assert running.server_errors() == []


LINK = re.compile(r"https?://\S+(/aanbod/[\w-]{16}/)")


def offer_for(world: World, phone: str, *, after: str = "") -> str:
    """Return the address in the text that offers somebody a time, once it has come."""

    def texted() -> str:
        sent = world.sandbox.get("/control/messages")["messages"]
        bodies = [one["body"] for one in sent if one["to"].endswith(phone[-8:])]
        found = [match[1] for body in bodies if (match := LINK.search(body))]
        return found[-1] if found and not after.endswith(found[-1]) else ""

    return world.url + str(world.wait(texted))


def comes_free(world: World, visitor: Visitor, token: str) -> None:
    """Cancel, and let the time pass in which that can be undone."""
    visitor.cancel(token)
    world.forward(minutes=4)


def starts_at(world: World, token: str) -> str:
    return str(world.value("select starts_at from bookings_appointment where token = %s", [token]))


def press(page: Page, value: str) -> None:
    page.locator(f"button[name=answer][value={value}]").click()


def test_an_earlier_time_from_asking_to_having_it(world: World, open_browser: Opener) -> None:
    page, look = open_browser(), Look()
    early, late = (f"?day={world.local_date(days=days)}" for days in (8, 10))
    other, sanne = world.visitor(), world.visitor()
    freed = other.book("peeling", query=early, phone="06 21 00 00 01")
    token = sanne.book("peeling", query=late, phone="06 21 00 00 02")
    wanted = starts_at(world, freed)

    page.goto(f"{world.url}/a/{token}/")
    page.locator("a[href$='/eerder/']").click()
    look.at(page, "earlier")
    page.locator("label[for=id_parts_0]").click()
    page.locator("label[for=id_parts_1]").click()
    page.locator("main form button.btn-primary").click()
    expect(page).to_have_url(f"{world.url}/a/{token}/")
    look.at(page, "appointment that waits")
    comes_free(world, other, freed)
    page.goto(offer_for(world, "621000002"))
    look.at(page, "offer to move")
    page.goto(f"{world.url}/a/{token}/")
    look.at(page, "appointment with an offer")
    page.locator("a[href*='/aanbod/']").click()
    press(page, "yes")

    expect(page).to_have_url(f"{world.url}/a/{token}/")
    assert starts_at(world, token) == wanted
    assert look.wrong == []


def test_waiting_without_an_appointment(world: World, open_browser: Opener) -> None:
    page, desk, look = open_browser(), open_browser(DESKTOP), Look()
    other = world.visitor()
    day = f"?day={world.local_date(days=9)}"
    first = other.book("peeling", query=day, phone="06 22 00 00 01")
    second = world.visitor()
    later = second.book("peeling", nth=6, query=day, phone="06 22 00 00 03")

    page.goto(f"{world.url}/boeken/peeling/tijd/")
    page.locator("a[href$='/wachtlijst/']").click()
    look.at(page, "join the waitlist")
    page.locator("main form button.btn-primary").click()
    look.at(page, "join with mistakes")
    page.locator("label[for=id_parts_0]").focus()
    for name, text in {
        "first_name": "Noa",
        "last_name": "de Boer",
        "phone": "06 22 00 00 02",
        "email": "noa@example.nl",
    }.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("main form button.btn-primary").click()
    expect(page).to_have_url(re.compile("/wachtlijst/"))
    look.at(page, "on the waitlist")
    comes_free(world, other, first)
    offer = offer_for(world, "622000002")
    page.goto(offer)
    look.at(page, "offer to book")
    log_in(desk, world, "balie", "/desk/wachtlijst/")
    look.at(desk, "the waitlist at the desk")
    desk.goto(f"{world.url}/desk/wachtlijst/nieuw/")
    look.at(desk, "who would wait")
    desk.goto(f"{world.url}/desk/wachtlijst/nieuw/?klant=new")
    look.at(desk, "a new client who waits")
    press(page, "no")
    look.at(page, "offer declined")
    comes_free(world, second, later)
    page.goto(offer_for(world, "622000002", after=offer))
    press(page, "yes")
    look.at(page, "offer not agreed to")
    page.locator("[name=accept]").check()
    press(page, "yes")
    expect(page).to_have_url(re.compile("/a/"))
    assert look.wrong == []


def test_an_offer_that_is_over(world: World, open_browser: Opener) -> None:
    page, look = open_browser(), Look()
    other, waits = world.visitor(), world.visitor()
    day = f"?day={world.local_date(days=15)}"
    freed = other.book("peeling", query=day, phone="06 23 00 00 01")
    token = waits.book("peeling", query=f"?day={world.local_date(days=17)}", phone="06 23 00 00 02")
    until = str(world.local_date(days=16))
    waits.post(f"/a/{token}/eerder/", {"until": until})
    comes_free(world, other, freed)
    offer = offer_for(world, "623000002")
    page.goto(offer)
    world.query("update bookings_offer set expires_at = offered_at returning id")
    world.query(
        "update bookings_appointment set held_until = created_at"
        " where hold_kind = 'offer' and status = 'held' returning id"
    )
    press(page, "yes")

    look.at(page, "offer gone")
    assert "/a/" not in page.url
    assert look.wrong == []
