"""The system checks that keep the sandbox out of production, and real keys out of the sandbox."""

import environ
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

SANDBOX_KEY = "sk_test_sandbox"


def problems(**kwargs: object) -> list[CheckMessage]:
    """Return what is wrong with the keys and the sandbox's switch, in words."""
    return list(_in_sandbox() if settings.SANDBOX else _in_real_life())


def _in_sandbox() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    env = environ.Env()
    if not settings.STRIPE_API_KEY.startswith(SANDBOX_KEY):
        found.append(
            Error(
                "SANDBOX is on with a Stripe key that is not the sandbox's own.",
                hint=f"The sandbox takes only keys that start with {SANDBOX_KEY}.",
                id="clinic.E001",
            )
        )
    if not settings.DEBUG and not env.bool("SANDBOX_WITHOUT_DEBUG", default=False):
        found.append(
            Error(
                "SANDBOX is on while DEBUG is off: this looks like production.",
                hint="Turn SANDBOX off, or set SANDBOX_WITHOUT_DEBUG=1 if this is a demonstration.",
                id="clinic.E002",
            )
        )
    if not (settings.STRIPE_API_BASE and settings.TWILIO_API_BASE):
        found.append(
            Error(
                "SANDBOX is on but the vendors' real addresses would be called.",
                hint="Set STRIPE_API_BASE and TWILIO_API_BASE to the sandbox's address.",
                id="clinic.E003",
            )
        )
    return found


def _in_real_life() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.SANDBOX_CLOCK_FILE:
        found.append(Error("SANDBOX_CLOCK_FILE is set outside the sandbox.", id="clinic.E004"))
    if settings.STRIPE_API_KEY.startswith(SANDBOX_KEY) or settings.STRIPE_API_BASE:
        found.append(
            Error(
                "The sandbox's Stripe key or address is used outside the sandbox.",
                hint="Set SANDBOX=1, or use your own key and leave STRIPE_API_BASE empty.",
                id="clinic.E005",
            )
        )
    if settings.STRIPE_API_KEY and not settings.STRIPE_WEBHOOK_SECRET:
        found.append(
            Error(
                "STRIPE_API_KEY is set without STRIPE_WEBHOOK_SECRET: payments would go unseen.",
                id="clinic.E006",
            )
        )
    if not settings.STRIPE_API_KEY:
        found.append(Warning("STRIPE_API_KEY is empty: no deposit can be paid.", id="clinic.W001"))
    if not settings.TWILIO_AUTH_TOKEN:
        found.append(Warning("TWILIO_AUTH_TOKEN is empty: no text can be sent.", id="clinic.W002"))
    return found
