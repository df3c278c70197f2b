"""The steps of a client through the pages, as she would take them."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from playwright.sync_api import Page, expect

from tests.when import ZONE
from tests.world.world import World

DAYS = "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag".split()
MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december"
).split()


def in_words(moment: datetime) -> str:
    """Write a moment as the pages do: “woensdag 15 mei om 9:15 uur”."""
    day, month = DAYS[moment.weekday()], MONTHS[moment.month - 1]
    return f"{day} {moment.day} {month} om {moment.hour}:{moment:%M} uur"


@dataclass
class Walk:
    """One client at her telephone, and what she has chosen."""

    page: Page
    world: World
    taps: int = 0
    typed: int = 0
    starts_at: datetime = field(default_factory=lambda: datetime(1, 1, 1, tzinfo=ZONE))

    def tap(self, selector: str) -> None:
        """Tap the first that is visible."""
        self.page.locator(selector).locator("visible=true").first.click()
        self.taps += 1

    def type(self, name: str, text: str) -> None:
        """Fill in a field."""
        self.page.locator(f"[name={name}]").fill(text)
        self.typed += 1

    def go_on(self) -> None:
        """Press the one button that leads on."""
        self.tap("main form button.btn-primary")

    def choose(self, treatment: str, practitioner: str, *, on: date | None = None) -> None:
        """Choose a treatment, a practitioner, and the first time (of a day)."""
        self.page.goto(self.world.url + "/")
        self.page.get_by_role("link", name=treatment).click()
        self.page.get_by_role("link", name=re.compile(practitioner)).click()
        self.taps += 2
        expect(self.page.locator("ol.days")).to_be_visible()
        if on is not None:
            self._turn_to(on)
        time = self.page.locator("input[name=starts_at]").first
        self.starts_at = datetime.fromisoformat(time.get_attribute("value") or "").astimezone(ZONE)
        self.tap(".time label")
        self.go_on()
        expect(self.page).to_have_url(f"{self.world.url}/boeken/gegevens/")

    def _turn_to(self, day: date) -> None:
        here = self.page.locator(f"#day-{day}")
        while not here.count():
            before = self.page.locator("ol.days").inner_text()
            self.tap("#next-week")
            expect(self.page.locator("ol.days")).not_to_have_text(before)
        self.tap(f"#day-{day}")
        expect(here).to_have_attribute("aria-current", "date")

    def tell(self, name: str, phone: str, *, reach_by: str = "sms") -> None:
        """Say who she is."""
        self.type("first_name", name)
        self.type("last_name", "de Boer")
        self.type("phone", phone)
        self.type("email", f"{name.lower()}@example.nl")
        if reach_by != "sms":
            self.tap(f"label:has(+ input[value={reach_by}]), input[value={reach_by}] + label")
        if reach_by == "whatsapp":
            self.page.locator("[name=whatsapp_consent]").check()
        self.go_on()
        expect(self.page).to_have_url(f"{self.world.url}/boeken/plan/")

    def skip_plan(self) -> None:
        """Rather make no plan."""
        self.page.locator("button[name=skip]").click()

    def accept(self) -> None:
        """Accept the terms, and go where that leads."""
        self.page.locator("[name=accept]").check()
        self.taps += 1
        self.go_on()

    def pay(self, method: str = "card") -> str:
        """Pay on the sandbox's page, and return the appointment's token."""
        self.page.locator(f"input[value={method}]").check()
        self.page.get_by_role("button", name="betalen").click()
        self.page.wait_for_url("**/a/*/")
        return self.page.url.rstrip("/").rpartition("/")[2]

    def sees(self, url: str, text: str | re.Pattern[str]) -> None:
        """Open a page until it shows what is to come."""

        def shown() -> bool:
            self.page.goto(url)
            return self.page.get_by_text(text).locator("visible=true").count() > 0

        self.world.wait(shown)

    def telephone(self, phone: str) -> str:
        """Return the address of a telephone in the sandbox."""
        return f"{self.world.sandbox.url}/phone/+31{phone.replace(' ', '')[1:]}/"
