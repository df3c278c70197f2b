"""Who sends: the clinic, its zone and its public address, read once at the edge."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from bookings.models import Clinic


@dataclass(frozen=True, slots=True)
class Sender:
    """What every text needs to know of the clinic."""

    clinic: Clinic
    zone: ZoneInfo
    base_url: str
    two_way: bool  # clients can answer an SMS
    reaches_demo_clients: bool  # only the sandbox does
    threads: int  # how many messages are handed over at once
    doubt: timedelta  # how long to wait before asking what became of a message; real time
    at_once: int = 64  # messages in one batch: few are in doubt when a worker dies

    def appointment_url(self, token: str, *, mark: str) -> str:
        """Return the client's link; the mark tells one message's link from another's."""
        return f"{self.base_url}/a/{token}/?b={mark}"

    def pay_url(self, token: str, *, mark: str) -> str:
        """Return our own stable link to pay one debt."""
        return f"{self.base_url}/betalen/{token}/?b={mark}"

    def offer_url(self, token: str, *, mark: str) -> str:
        """Return where an offered time is accepted or declined."""
        return f"{self.base_url}/aanbod/{token}/?b={mark}"

    def messages_url(self, token: str) -> str:
        """Return where a client chooses which messages she gets."""
        return f"{self.base_url}/a/{token}/berichten/"

    def status_url(self, key: object) -> str:
        """Return where Twilio reports what became of a message."""
        return f"{self.base_url}/hooks/twilio/status/{key}/"
