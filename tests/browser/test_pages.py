"""Every page at three widths, by keyboard alone, and with as few taps as promised."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from clinic.portal.forms import ACTIONS
from tests.browser.conftest import DESKTOP, Opener
from tests.browser.looking import Look
from tests.browser.test_thread import log_in
from tests.browser.walking import Walk, in_words
from tests.when import ZONE
from tests.world.world import World

pytestmark = pytest.mark.browser


def test_the_pages_of_booking(world: World, open_browser: Opener) -> None:
    walk, look = Walk(open_browser(), world), Look()
    page = walk.page
    page.goto(f"{world.url}/")
    look.at(page, "treatments")
    page.goto(f"{world.url}/boeken/laser/")
    look.at(page, "practitioners")
    page.goto(f"{world.url}/boeken/laser/tijd/")
    look.at(page, "times")
    page.goto(f"{world.url}/boeken/laser/tijd/?day={world.local_date(days=5)}")
    look.at(page, "times of a closed day")
    walk.choose("Laserontharing", "Maakt niet uit")
    look.at(page, "details")
    walk.go_on()
    look.at(page, "details with mistakes")
    walk.tell("Sanne", "06 55 00 00 01", reach_by="whatsapp")
    look.at(page, "plan")
    walk.go_on()
    look.at(page, "plan with mistakes")
    _write_plan(walk)
    look.at(page, "plan repeated")
    page.locator("input[name=action]").first.check()
    walk.go_on()
    page.goto(f"{world.url}/boeken/afronden/")
    look.at(page, "terms")
    walk.go_on()
    look.at(page, "terms not accepted")
    walk.accept()
    token = walk.pay()
    look.at(page, "booked")
    for path in ("annuleren", "verzetten"):
        page.goto(f"{world.url}/a/{token}/{path}/")
        look.at(page, path)
    assert look.wrong == []


def _write_plan(walk: Walk) -> None:
    walk.type("written_when", f"{walk.starts_at:%d-%m} om {walk.starts_at:%H:%M}")
    walk.page.locator("input[name=action]").first.check()
    walk.go_on()
    expect(walk.page).to_have_url(re.compile("herhalen"))


def test_the_pages_of_rules_and_extras(world: World, open_browser: Opener) -> None:
    world.rows("rules")
    walk, look = Walk(open_browser(), world), Look()
    page = walk.page
    page.goto(f"{world.url}/")
    look.at(page, "treatments with rules")
    for slug in ("tatoeage", "rimpels", "littekens"):
        page.goto(f"{world.url}/boeken/{slug}/")
        look.at(page, f"practitioners for {slug}")
    page.goto(f"{world.url}/boeken/gezicht/")
    look.at(page, "practitioners with extras")
    page.get_by_label("Ledlicht").check()
    expect(page.locator("a.person")).to_have_count(1)  # Daan does not give it
    page.get_by_label("Kalmerend masker").check()
    expect(page.locator("#visit-status")).to_contain_text("80")
    look.at(page, "practitioners with extras chosen")
    page.locator("a.person").click()
    page.goto(f"{page.url}&day={world.local_date(days=8)}")
    look.at(page, "times with extras")
    walk.tap(".time label")
    walk.go_on()
    expect(page).to_have_url(re.compile("gegevens"))
    look.at(page, "details with extras")
    walk.tell("Fleur", "06 55 00 00 07")
    walk.skip_plan()
    page.locator(".elsewhere summary").click()
    look.at(page, "terms with extras")
    link = page.locator("#elsewhere").input_value()
    other = open_browser()
    other.goto(link)
    look.at(other, "going on elsewhere")
    other.locator("main form button").click()
    expect(other).to_have_url(re.compile("afronden"))
    walk.accept()
    look.at(page, "booked with extras")
    token = page.url.rstrip("/").rpartition("/")[2]
    page.goto(page.url + "verzetten/")
    look.at(page, "moving with extras")
    page.goto(f"{world.url}/boeken/gezicht/?opnieuw={token}")
    expect(page.locator("a.person.own")).to_contain_text("Noor de Wit")
    look.at(page, "practitioners again")
    assert look.wrong == []


def test_what_must_come_first_is_a_tap_away(world: World, open_browser: Opener) -> None:
    world.rows("rules")
    walk, look = Walk(open_browser(), world), Look()
    page = walk.page
    page.goto(f"{world.url}/boeken/tatoeage/tijd/")
    walk.tap(".time label")
    walk.go_on()
    page.locator("[name=first_name]").fill("Iris")
    page.locator("[name=last_name]").fill("Bos")
    page.locator("[name=phone]").fill("06 55 00 00 08")
    page.locator("[name=email]").fill("iris@example.nl")
    walk.go_on()
    expect(page.get_by_role("alert")).to_contain_text("Testplekje")
    look.at(page, "refused")
    page.get_by_role("alert").get_by_role("link", name="Testplekje").click()
    expect(page).to_have_url(re.compile("/boeken/test/"))
    assert look.wrong == []


def test_the_pages_of_an_appointment(world: World, open_browser: Opener) -> None:
    page, look = open_browser(), Look()
    with world.visitor() as visitor:
        token = visitor.book("peeling", phone="06 55 00 00 02")
    page.goto(f"{world.url}/a/{token}/")
    look.at(page, "appointment")
    page.locator("form[action$='/bevestigen/'] button").click()
    expect(page.locator(".pill")).to_have_text(re.compile("Bevestigd"))
    look.at(page, "confirmed")
    page.goto(f"{world.url}/a/{token}/verzetten/")
    look.at(page, "too late to move")
    page.goto(f"{world.url}/a/{token}/annuleren/")
    look.at(page, "cancelling late")
    page.locator("button.btn-careful").click()
    expect(page.locator(".pill")).to_have_text(re.compile("Geannuleerd"))
    look.at(page, "cancelled")
    page.get_by_role("link", name="Zo zijn de kosten opgebouwd").click()
    look.at(page, "evidence")
    page.goto(f"{world.url}/a/{token}/betalingen/")
    look.at(page, "wallet")
    page.goto(f"{world.url}/a/nobody/")
    look.at(page, "not found")
    assert look.wrong == []


def test_the_pages_of_a_plan_made_later(world: World, open_browser: Opener) -> None:
    page, look = open_browser(), Look()
    with world.visitor() as visitor:
        token = visitor.book("analyse", phone="06 55 00 00 06")
    starts_at = world.value("select starts_at from bookings_appointment where token = %s", [token])
    page.goto(f"{world.url}/a/{token}/")
    page.get_by_role("link", name="Maak je plan").click()
    page.get_by_role("button", name="Verder met dit plan").click()
    look.at(page, "later plan with mistakes")
    page.get_by_text("Zie je ergens tegenop?").click()
    page.locator("[name=written_when]").fill(in_words(starts_at.astimezone(ZONE)))
    page.locator("label.chip").first.click()
    page.locator("[name=worry]").fill("Of het pijn doet")
    page.locator("[name=worry_answer]").fill("dan vraag ik om een pauze")
    page.locator("[name=tells]").check()
    page.evaluate("scrollTo(0, 0)")
    look.at(page, "plan made later")
    page.get_by_role("button", name="Verder met dit plan").click()
    look.at(page, "plan said back")
    page.locator("label", has_text=ACTIONS["nl"][0]).click()
    page.get_by_role("button", name="Klopt").click()
    expect(page.locator("#plan-title")).to_be_visible()
    look.at(page, "appointment with a plan")
    page.get_by_role("link", name="Stel een vraag").click()
    page.get_by_role("button", name="Verstuur").click()
    look.at(page, "question with mistakes")
    page.locator("[name=text]").fill("Mag ik daarna in de zon?")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_text("doorgegeven")).to_be_visible()
    page.get_by_role("link", name="Welke berichten wil je?").click()
    page.get_by_label("WhatsApp", exact=True).check()
    page.get_by_role("button", name="Bewaren").click()
    look.at(page, "messages with mistakes")
    page.get_by_label("via WhatsApp berichten").check()
    page.get_by_label("nieuws per e-mail").check()
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_text("Vanaf nu is het zoals je koos.")).to_be_visible()
    assert look.wrong == []


def test_the_pages_of_bad_luck(world: World, open_browser: Opener) -> None:
    page, look = open_browser(), Look()
    with world.visitor() as rival:
        page.goto(f"{world.url}/boeken/peeling/tijd/")
        start = page.locator("input[name=starts_at]").first.get_attribute("value") or ""
        rival.hold("peeling", start)
        page.locator(".time label").first.click()
        page.locator("#choose .pay button").click()
        expect(page.get_by_role("alert")).to_contain_text("net weg")
        look.at(page, "just taken")
        page.locator("button.timebtn").first.click()
        expect(page).to_have_url(f"{world.url}/boeken/gegevens/")
    world.database.execute(
        "update bookings_appointment set held_until = created_at where status = 'held'"
        " and client_id is null and payment_started_at is null"
    )
    page.reload()
    look.at(page, "lapsed")
    page.context.clear_cookies(name="csrftoken")
    page.locator("main form button").first.click()
    look.at(page, "forged")
    assert look.wrong == []


def _kind(address: str) -> str:
    """Return what page an address is of, whatever its day or number."""
    parts = urlsplit(address)
    names = sorted(name for name, _ in parse_qsl(parts.query) if name != "next")
    return re.sub(r"\d+", "0", parts.path) + " " + " ".join(names)


def _look_around(page: Page, world: World, look: Look, paths: list[str], within: str) -> None:
    """Open these pages, and each kind of page that they and the next ones link to."""
    kinds = {_kind(path) for path in paths}
    while paths:
        path = paths.pop(0)
        page.goto(world.url + path)
        look.at(page, _kind(path).strip("/ "))
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        for link in links:
            is_page = link.startswith(within) and not re.search(r"\.(csv|json|ics|pdf)", link)
            if is_page and _kind(link) not in kinds:
                kinds.add(_kind(link))
                paths.append(link)


def _busy_day(world: World) -> str:
    """Make a day with appointments of every sort, and return it."""
    ids = world.rows("appointments", count=12)
    day: str = world.value(
        "select (starts_at at time zone 'Europe/Amsterdam')::date::text"
        " from bookings_appointment where id = %s",
        [ids[0]],
    )
    with world.visitor() as visitor:
        visitor.cancel(visitor.book("peeling", phone="06 55 00 00 03"))
    return day


def _somebody_is_ill(page: Page, world: World, day: str) -> None:
    """Note that Noor is not there on the busy day, when Daan has nothing to do."""
    world.database.execute(
        "delete from bookings_allocation using bookings_resource as one"
        " where one.id = resource_id and one.name = 'Daan Visser'"
    )
    page.goto(f"{world.url}/desk/afwezig/")
    page.locator("[name=who]").select_option(label="Noor de Wit")
    page.locator("[name=first_day]").fill(day)
    page.locator("[name=reason]").fill("Ziek")
    page.locator("main form.desk-form button").click()
    expect(page).to_have_url(re.compile(r"/desk/afwezig/\d+/$"))
    expect(page.locator("select[name=practitioner]").first).to_contain_text("Daan Visser")


def _hours_change(page: Page, world: World, look: Look) -> None:
    """Let Noor start later from tomorrow on, and look at all that unfolds."""
    page.goto(f"{world.url}/desk/uren/")
    for summary in page.locator("details.fold > summary").all():
        summary.click()
    look.at(page, "hours unfolded")
    page.locator("form[action$='/dagen/'] button.btn-primary").click()
    look.at(page, "hours with mistakes")
    page.goto(f"{world.url}/desk/uren/")
    page.locator("a[href*='/dagen/']").first.click()
    page.locator("[name=opens_1]").fill("16:45")
    page.locator("button[value=change]").click()
    expect(page).to_have_url(re.compile(r"/desk/uren/\d+/$"))


def test_the_pages_of_the_desk(world: World, open_browser: Opener) -> None:
    page, look = open_browser(DESKTOP), Look()
    page.goto(f"{world.url}/accounts/login/")
    look.at(page, "log in")
    day = _busy_day(world)
    cancelled = world.value("select max(id) from bookings_appointment where status = 'cancelled'")
    log_in(page, world, "balie", "/desk/")
    page.goto(f"{world.url}/desk/afwezig/")
    page.locator("main form.desk-form button").click()
    look.at(page, "absence with mistakes")
    _somebody_is_ill(page, world, day)
    _hours_change(page, world, look)
    paths = [
        f"/desk/agenda/{day}/",
        f"/desk/lijst/{day}/",
        "/desk/zoek/?q=bakker",
        "/desk/zoek/?q=niemand",
        "/desk/nieuw/",
        "/desk/afwezig/",
        "/desk/uren/",
        f"/desk/afspraak/{cancelled}/",
        f"/desk/afspraak/{cancelled}/kosten/",
    ]
    _look_around(page, world, look, paths, "/desk/")
    _more_in_one_visit(page, world, look, day)
    assert look.wrong == []
    assert len(look.seen) > 15


def _more_in_one_visit(page: Page, world: World, look: Look, day: str) -> None:
    world.rows("rules")
    first = world.value("select min(from_treatment_id) from bookings_treatment_extras")
    page.goto(f"{world.url}/desk/nieuw/?behandeling={first}&dag={day}")
    times = page.locator('#times input[name="starts_at"]')
    alone = times.count()
    page.locator('#times input[name="extra"]').first.check()
    expect(times).not_to_have_count(alone)
    expect(page.locator('#times input[name="extra"]').first).to_be_checked()
    look.at(page, "booking by telephone with more in one visit")


def test_the_pages_of_the_office(world: World, open_browser: Opener) -> None:
    page, look = open_browser(DESKTOP), Look()
    log_in(page, world, "eigenaar", "/office/")
    paths = [
        "/office/",
        "/office/?period=own&since=2027-01-02&until=2027-01-01",
        "/office/kasboek/?period=own&since=2026-01-01&until=2027-01-01",
        "/office/voorwaarden/",
        "/office/berichten/?name=Zoë&plan=on",
        "/office/proeven/",
        "/office/proeven/nieuw/reminder/",
        "/office/koppeling/",
    ]
    _look_around(page, world, look, paths, "/office/")
    assert look.wrong == []
    assert len(look.seen) > 2


def test_a_new_client_needs_few_taps(world: World, open_browser: Opener) -> None:
    walk = Walk(open_browser(), world)
    walk.choose("Laserontharing", "Maakt niet uit")
    walk.tell("Mila", "06 55 00 00 04")
    walk.skip_plan()  # the plan stands apart
    walk.accept()
    walk.page.wait_for_url(f"{world.sandbox.url}/checkout/**")
    assert walk.taps <= 8
    assert walk.typed == 4


def test_the_pages_are_there_in_english(world: World, open_browser: Opener) -> None:
    page = open_browser()
    page.goto(f"{world.url}/")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("What can we do for you?")
    expect(page.get_by_role("link", name="Skin analysis")).to_be_visible()


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"Tab never came to {selector}")


def test_booking_by_keyboard_alone(world: World, open_browser: Opener) -> None:
    page = open_browser(DESKTOP)
    page.goto(f"{world.url}/")
    for link in ("a[href='/boeken/analyse/']", "a.person:not(.any)"):
        _tab_to(page, link)
        page.keyboard.press("Enter")
        page.wait_for_url("**/boeken/analyse/**")
    page.wait_for_url("**/tijd/**")
    _tab_to(page, "input[name=starts_at]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gegevens/")
    fields = {"first_name": "Noa", "last_name": "Smit", "phone": "0655000005", "email": "n@ex.nl"}
    for name, text in fields.items():
        _tab_to(page, f"[name={name}]")
        page.keyboard.type(text)
    _tab_to(page, "main form .todo button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/")
    _tab_to(page, "button[name=skip]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/afronden/")
    _tab_to(page, "[name=accept]")
    page.keyboard.press("Space")
    _tab_to(page, "main form .todo button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/a/*/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Je afspraak staat vast")
