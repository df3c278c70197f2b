"""A client at the clinic's pages, with a cookie jar of her own and no browser."""

import re
from datetime import datetime
from html import unescape
from typing import Any

import requests

from tests.when import ZONE

_TIMES = re.compile(r'name="starts_at"\s+id="[^"]+"\s+value="([^"]+)"')
_QUOTED = re.compile(r'name="quoted_cents" value="(\d+)"')
_READ = re.compile(r'name="read" value="([^"]*)"')
_NEAR = re.compile(r'<button[^>]*name="starts_at" value="([^"]+)"')
DETAILS = {
    "first_name": "Sanne",
    "last_name": "Bakker",
    "phone": "06 12 34 56 78",
    "email": "sanne@example.nl",
    "reach_by": "sms",
}


class Visitor:
    """Somebody who visits the clinic's pages."""

    def __init__(self, base: str) -> None:
        """Come in for the first time."""
        self.base = base
        self.read = ""  # the terms, as the last page showed them
        self.http = requests.Session()
        self.http.trust_env = False

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, path: str, **options: Any) -> requests.Response:
        """Open a page."""
        return self.http.get(self.base + path, timeout=30, **options)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, follow: bool = True
    ) -> requests.Response:
        """Submit a form of a page she has seen."""
        if "csrftoken" not in self.http.cookies:
            self.get("/")
        return self.http.post(
            self.base + path,
            data={**(data or {}), "csrfmiddlewaretoken": self.http.cookies["csrftoken"]},
            allow_redirects=follow,
            timeout=30,
        )

    def copy(self) -> "Visitor":
        """Return the same visitor with a connection of her own, as in a second tab."""
        other = Visitor(self.base)
        other.http.cookies.update(self.http.cookies)
        other.read = self.read
        return other

    def free_times(self, slug: str, query: str = "") -> list[str]:
        """Return the times that the page offers on the day it shows."""
        return _TIMES.findall(self.get(f"/boeken/{slug}/tijd/{query}").text)

    def hold(self, slug: str, starts_at: str, query: str = "") -> requests.Response:
        """Submit a time."""
        return self.post(f"/boeken/{slug}/tijd/{query}", {"starts_at": starts_at})

    def tell(self, **details: str) -> requests.Response:
        """Submit her details."""
        return self.post("/boeken/gegevens/", DETAILS | details)

    def accept(self, *, follow: bool = True) -> requests.Response:
        """Submit the last page, agreeing to what it said when she opened it."""
        return self.post("/boeken/afronden/", {"accept": "on", "read": self.read}, follow=follow)

    def prepare(self, slug: str, *, nth: int = 0, query: str = "", **details: str) -> None:
        """Do all but the last submit, without a plan."""
        self.hold(slug, self.free_times(slug, query)[nth], query)
        self.tell(**details)
        answer = self.post("/boeken/plan/", {"skip": "1"})
        assert answer.url.endswith("/boeken/afronden/"), (answer.url, answer.status_code)
        found = _READ.search(answer.text)
        assert found, "no terms on the page"
        self.read = unescape(found[1])

    def book(self, slug: str, *, nth: int = 0, query: str = "", **details: str) -> str:
        """Book a treatment without a deposit, and return the appointment's token."""
        self.prepare(slug, nth=nth, query=query, **details)
        return token_in(self.accept())

    def quoted_cents(self, token: str) -> str:
        """Return what the page says that cancelling costs now."""
        found = _QUOTED.search(self.get(f"/a/{token}/annuleren/").text)
        assert found, "no price on the page"
        return found[1]

    def cancel(self, token: str, *, quoted_cents: str = "") -> requests.Response:
        """Cancel at the price she is told."""
        told = quoted_cents or self.quoted_cents(token)
        return self.post(f"/a/{token}/annuleren/", {"quoted_cents": told})

    def return_to(self, address: str) -> str:
        """Come back from the payment page, and return the appointment's token."""
        return token_in(self.http.get(address, timeout=30))


def local(starts_at: str) -> datetime:
    """Return a time that a page offers, on the clinic's wall."""
    return datetime.fromisoformat(starts_at).astimezone(ZONE)


def token_in(answer: requests.Response) -> str:
    """Return the token of the appointment whose page this is."""
    found = re.fullmatch(r".*/a/([\w-]+)/", answer.url)
    assert found, f"not an appointment's page: {answer.url} ({answer.status_code})"
    return found[1]


def near_times(answer: requests.Response) -> list[str]:
    """Return the times close by that a page offers instead of the one that is gone."""
    return [value for value in _NEAR.findall(answer.text) if value]
