"""What is wrong between Stripe and us, asked of both, and said in words."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.clock import now
from payments import stripe_gateway as stripe
from payments.wiring import Fault, Finding, endpoint_faults, key_faults

# One that has just happened may still be on its way.
ARRIVES_WITHIN, LOOKED_BACK = timedelta(minutes=10), timedelta(days=2)

WORDS: dict[Fault, str | Promise] = {
    Fault.NO_KEY: _("There is no key, so no deposit can be paid. Fill in STRIPE_API_KEY."),
    Fault.NOT_A_KEY: _("STRIPE_API_KEY is not a secret key: those begin with sk_ or rk_."),
    Fault.TEST_KEY: _("The key is one for trials: nobody is really charged. Use the live key."),
    Fault.UNSIGNED: _("STRIPE_WEBHOOK_SECRET is empty, so no message of Stripe is believed."),
    Fault.NOT_SIGNING: _("STRIPE_WEBHOOK_SECRET is not a signing secret: those begin with whsec_."),
    Fault.KEY_REFUSED: _("Stripe does not accept the key, or it may not look at this."),
    Fault.NO_ANSWER: _("Stripe did not answer, so this could not be looked up."),
    Fault.NO_ENDPOINT: _("Stripe does not call this clinic. Add this address at Stripe:"),
    Fault.SWITCHED_OFF: _("The address that Stripe calls is switched off at Stripe:"),
    Fault.EVENTS_MISSING: _("Stripe does not tell of everything. Add these events at Stripe:"),
    Fault.OTHER_VERSION: _("Stripe tells in another version of its API than ours (theirs / ours):"),
    Fault.OTHER_MODE: _("The key and the address are of two worlds: one is live, one is a trial."),
    Fault.UNDELIVERED: _(
        "Messages of Stripe do not arrive. The signing secret may be another endpoint's. So many:"
    ),
}
#: Payments still work with these, perhaps not as meant.
MILD = {Fault.NO_KEY, Fault.TEST_KEY, Fault.OTHER_VERSION, Fault.NO_ANSWER, Fault.UNDELIVERED}


def findings(*, at: datetime) -> list[Finding]:
    """Return what is wrong: by the settings, and by what Stripe says; the latter only asks."""
    key, secret = settings.STRIPE_API_KEY, settings.STRIPE_WEBHOOK_SECRET
    found = key_faults(key, secret, is_real=not settings.SANDBOX and not settings.DEBUG)
    if key:
        found += _asked(key, at=at)
    return found


def _asked(key: str, *, at: datetime) -> list[Finding]:
    url = f"{settings.PUBLIC_BASE_URL}/hooks/stripe/"
    try:
        found = list(
            endpoint_faults(stripe.endpoints(), url=url, version=stripe.version(), key=key)
        )
        late = stripe.undelivered(int((at - LOOKED_BACK).timestamp()))
        lately = stripe.undelivered(int((at - ARRIVES_WITHIN).timestamp()))
    except (stripe.Unavailable, stripe.Refused):
        return [Finding(Fault.KEY_REFUSED)]
    except stripe.OutcomeUnknown:
        return [Finding(Fault.NO_ANSWER)]
    if late > lately:
        found.append(Finding(Fault.UNDELIVERED, str(late - lately)))
    return found


def in_words(finding: Finding) -> str:
    """Return a finding as somebody reads it who can mend it."""
    return f"{WORDS[finding.fault]} {finding.about}".strip()


def problems(**kwargs: object) -> list[CheckMessage]:
    """Return what is wrong, for `manage.py check --deploy`."""
    return [
        (Warning if one.fault in MILD else Error)(in_words(one), id=f"clinic.stripe.{one.fault}")
        for one in findings(at=now())
    ]
