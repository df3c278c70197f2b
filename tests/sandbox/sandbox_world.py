"""What the tests of the sandbox share: addresses, secrets, and how to look."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

CHECKOUT = Path(__file__).resolve().parents[2]
STRIPE_KEY = "sk_test_sandbox_0123456789abcdef"
STRIPE_SECRET = "whsec_sandbox_0123456789abcdef"
ACCOUNT = "AC" + "1" * 32
TOKEN = "2" * 32
SERVICE = "MG" + "3" * 32
CONTENT = {
    "CONFIRMATION": "HX" + "a" * 32,
    "CONFIRM_QUESTION": "HX" + "b" * 32,
    "REMINDER": "HX" + "c" * 32,
    "PAY_LINK": "HX" + "d" * 32,
    "OFFER": "HX" + "e" * 32,
    "CUE": "HX" + "f" * 32,
}
Found = TypeVar("Found")


@dataclass(frozen=True)
class Call:
    """One request that reached the clinic."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Clinic:
    """A server that plays the clinic: it keeps what it is told, and answers as it is told to."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    next_due: dict[str, str | None] = field(default_factory=dict)

    def told(self, path: str) -> list[Call]:
        """Return the calls to addresses that start so."""
        return [call for call in self.calls if call.path.startswith(path)]

    def events(self) -> list[dict[str, Any]]:
        """Return Stripe's events in the order in which they came."""
        return [json.loads(call.body) for call in self.told("/hooks/stripe/")]

    def kinds(self) -> list[str]:
        """Return the types of Stripe's events in the order in which they came."""
        return [event["type"] for event in self.events()]


@dataclass(frozen=True)
class Sandbox:
    """The running sandbox, by its addresses."""

    url: str
    smtp_port: int
    clock_file: Path

    def get(self, path: str) -> Any:
        """Read one of the JSON doors."""
        return requests.get(self.url + path, timeout=10).json()

    def post(self, path: str, /, **given: object) -> Any:
        """Use one of the JSON doors."""
        answer = requests.post(self.url + path, json=given, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def now(self) -> int:
        """Return the clock's now in whole seconds."""
        offset = int(self.clock_file.read_text()) if self.clock_file.exists() else 0
        return int(time.time()) + offset


def eventually(look: Callable[[], Found], *, within: float = 8) -> Found:
    """Return what `look` finds, once it finds something."""
    end = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < end, f"not within {within} seconds"
        time.sleep(0.05)
    return found


class LocalHttpClient(TwilioHttpClient):
    """Twilio's own client, with every address moved to the sandbox."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=10)
        self.base = base

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """Keep the path and the query, and change the rest."""
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, self.base + parts.path + query, *args, **kwargs)
