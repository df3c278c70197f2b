"""Whether Stripe and the clinic are wired to each other rightly: pure, by what each says."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

#: What has to be told for money and agenda to follow each other.
EVENTS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    }
)
LIVE, TEST = ("sk_live_", "rk_live_"), ("sk_test_", "rk_test_")


class Fault(StrEnum):
    """What is not as it should be."""

    NO_KEY = "no_key"
    NOT_A_KEY = "not_a_key"
    TEST_KEY = "test_key"
    UNSIGNED = "unsigned"
    NOT_SIGNING = "not_signing"
    KEY_REFUSED = "key_refused"
    NO_ANSWER = "no_answer"
    NO_ENDPOINT = "no_endpoint"
    SWITCHED_OFF = "switched_off"
    EVENTS_MISSING = "events_missing"
    OTHER_VERSION = "other_version"
    OTHER_MODE = "other_mode"
    UNDELIVERED = "undelivered"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, and what it is about."""

    fault: Fault
    about: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that Stripe tells of what happens."""

    url: str
    is_enabled: bool
    events: frozenset[str]
    version: str  # empty is the account's own
    is_live: bool


def key_faults(key: str, secret: str, *, is_real: bool) -> list[Finding]:
    """Return what is wrong with the key and the webhook's secret by how they look.

    :param is_real: whether this is the clinic itself, and not a trial
    """
    if not key:
        return [Finding(Fault.NO_KEY)]
    found = []
    if not key.startswith((*LIVE, *TEST)):
        found.append(Finding(Fault.NOT_A_KEY))
    elif is_real and key.startswith(TEST):
        found.append(Finding(Fault.TEST_KEY))
    if not secret:
        found.append(Finding(Fault.UNSIGNED))
    elif not secret.startswith("whsec_"):
        found.append(Finding(Fault.NOT_SIGNING))
    return found


def endpoint_faults(
    endpoints: Iterable[Endpoint], *, url: str, version: str, key: str
) -> Iterator[Finding]:
    """Yield what is wrong with the address that Stripe calls for us.

    :param version: of the API that our own library speaks
    """
    mine = [one for one in endpoints if one.url.rstrip("/") == url.rstrip("/")]
    if not mine:
        yield Finding(Fault.NO_ENDPOINT, url)
        return
    working = [one for one in mine if one.is_enabled]
    if not working:
        yield Finding(Fault.SWITCHED_OFF, url)
        return
    yield from _of_working(working, version=version, key=key)


def _of_working(working: Sequence[Endpoint], *, version: str, key: str) -> Iterator[Finding]:
    told = frozenset[str]().union(*(one.events for one in working))
    missing = set() if "*" in told else EVENTS - told
    if missing:
        yield Finding(Fault.EVENTS_MISSING, ", ".join(sorted(missing)))
    others = sorted({one.version for one in working if one.version not in ("", version)})
    if others:
        yield Finding(Fault.OTHER_VERSION, f"{', '.join(others)} / {version}")
    if any(one.is_live != key.startswith(LIVE) for one in working):
        yield Finding(Fault.OTHER_MODE)
