"""Why a client cannot have a treatment on a day, in words: for her, and for the desk."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import formats
from bookings.eligibility import Why
from bookings.models import Treatment
from bookings.operations import NotEligible
from payments import operations as payments

#: Why a voucher cannot pay for a visit; the same for whoever asks.
NOT_BY_VOUCHER: dict[type[Exception], str | Promise] = {
    payments.VoucherOver: gettext_lazy("This voucher can no longer be used."),
    payments.VoucherEmpty: gettext_lazy(
        "There is not enough left in this voucher for the deposit."
    ),
    payments.VoucherForAnother: gettext_lazy("This voucher is for another treatment."),
}

_NOT_READY = (Why.MISSING, Why.FAILED, Why.EXPIRED, Why.TOO_FRESH)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, and the way on that there is besides calling."""

    text: str
    first: Treatment | None = None  # what she can book online before it
    is_too_soon: bool = False  # a later day would do


def refusal_for_client(error: NotEligible) -> Refusal:
    """Return what a page tells her, with a way on."""
    first = error.treatment.prerequisite
    if error.problem.why in _NOT_READY and first is not None and is_booked_online(first):
        return Refusal(told_to_client(error), first=first)
    return Refusal(told_to_client(error), is_too_soon=error.problem.why is Why.TOO_SOON)


def is_booked_online(treatment: Treatment) -> bool:
    """Tell whether clients find this treatment among those they can book themselves."""
    by_phone = treatment.booked_by == Treatment.BookedBy.NOBODY
    return treatment.is_active and not treatment.only_as_extra and not by_phone


def told_to_client(error: NotEligible) -> str:
    """Return the rule that stands in the way, and nothing of what is known about anybody.

    Whoever fills in a name, a number and an address has not proved to be that person yet.
    """
    treatment, why = error.treatment, error.problem.why
    names = {"treatment": treatment.name, "before": _before(error)}
    if why is Why.NOT_ONLINE:
        return _("We book “%(treatment)s” by telephone, to ask a few things first.") % names
    if why is Why.UNKNOWN_CLIENT:
        return _("“%(treatment)s” can be booked here by clients we know. Call us.") % names
    if why is Why.TOO_SOON:
        days = {**names, "days": treatment.least_days_between}
        return (
            _(
                "Between two times “%(treatment)s” there are at least %(days)s days. "
                "Choose a later day, or call us."
            )
            % days
        )
    return (
        _(
            "Before “%(treatment)s” we first do “%(before)s”, and we look how that went. "
            "Book that first, or call us."
        )
        % names
    )


def told_to_desk(error: NotEligible, *, language: str, zone: ZoneInfo) -> str:
    """Return what is in the way, with what the clinic knows of this client."""
    problem = error.problem
    names = {"treatment": error.treatment.name, "before": _before(error)}
    words = {
        Why.MISSING: _("“%(before)s” must be done before “%(treatment)s”, and was not yet."),
        Why.FAILED: _("“%(before)s” did not come out well, so “%(treatment)s” cannot be booked."),
        Why.EXPIRED: _("“%(before)s” was done too long ago. It must be done again first."),
        Why.TOO_FRESH: _("“%(before)s” was done too shortly before."),
        Why.TOO_SOON: _("This is too soon before or after another “%(treatment)s”."),
    }
    said = words.get(problem.why, _("“%(treatment)s” cannot be booked like this.")) % names
    if problem.from_on is None:
        return said
    day = formats.day(problem.from_on, language, zone=zone)
    can_be = _("It can be done from %(day)s.") % {"day": day}
    return f"{said} {can_be}"


def warning_at_desk(error: NotEligible, *, language: str, zone: ZoneInfo) -> str:
    """Return what stands in the way of a treatment that was booked before."""
    if error.problem.why is not Why.FAILED:
        return told_to_desk(error, language=language, zone=zone)
    names = {"treatment": error.treatment.name, "before": _before(error)}
    return (
        _("“%(before)s” did not come out well. Do not give “%(treatment)s” before it is discussed.")
        % names
    )


def _before(error: NotEligible) -> str:
    prerequisite = error.treatment.prerequisite
    return prerequisite.name if prerequisite else ""
