"""What the desk can do with one press: each is one operation, with what is said and its undo."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bookings import operations as bookings
from bookings.eligibility import Why
from bookings.models import Appointment, By, User
from clinic.desk.here import Here
from clinic.refusals import NOT_BY_VOUCHER, told_to_desk
from payments import operations as payments
from reminders import operations as reminders


@dataclass(frozen=True, slots=True)
class Action:
    """One press: what it does, what is said then, and the press that takes it back."""

    act: Callable[[int, Here, User], object]
    said: str | Promise  # with %(name)s
    undo: str = ""


def _arrive(pk: int, at: Here, user: User) -> object:
    return bookings.arrive(pk, now=at.now, user=user)


def _undo_arrival(pk: int, at: Here, user: User) -> object:
    return bookings.undo_arrival(pk, now=at.now, user=user)


def _complete(pk: int, at: Here, user: User) -> object:
    return bookings.complete(pk, now=at.now, user=user)


def _no_show(pk: int, at: Here, user: User) -> object:
    return bookings.mark_no_show(pk, now=at.now, user=user)


def _undo_no_show(pk: int, at: Here, user: User) -> object:
    return bookings.undo_no_show(pk, within=at.clinic.no_show_rest, now=at.now, user=user)


def _undo_cancel(pk: int, at: Here, user: User) -> object:
    return bookings.undo_cancel(pk, within=at.clinic.undo_time, by=By.CLINIC, now=at.now, user=user)


def _confirm(pk: int, at: Here, user: User) -> object:
    return bookings.confirm(pk, by=By.CLINIC, now=at.now, user=user)


def _ask_deposit(pk: int, at: Here, user: User) -> object:
    return payments.ask_deposit(pk, user=user, now=at.now)


def _give_by_bank(pk: int, at: Here, user: User) -> object:
    return payments.give_by_bank(pk, user=user, now=at.now)


def _not_given_by_bank(pk: int, at: Here, user: User) -> object:
    return payments.not_given_by_bank(pk, user=user, now=at.now)


def _answered(pk: int, at: Here, user: User) -> object:
    return reminders.note_answered(pk, user=user, now=at.now)


def _see_refunds(pk: int, at: Here, user: User) -> object:
    return payments.see_refunds(pk)


def _went_well(pk: int, at: Here, user: User) -> object:
    return bookings.note_result(pk, Appointment.Result.PASSED, now=at.now, user=user)


def _went_wrong(pk: int, at: Here, user: User) -> object:
    return bookings.note_result(pk, Appointment.Result.FAILED, now=at.now, user=user)


ACTIONS = {
    "aanwezig": Action(_arrive, _("%(name)s is here."), undo="niet-aanwezig"),
    "niet-aanwezig": Action(_undo_arrival, _("%(name)s is expected again.")),
    "klaar": Action(_complete, _("The treatment of %(name)s is completed.")),
    "no-show": Action(_no_show, _("%(name)s is marked as no-show."), undo="toch-gekomen"),
    "toch-gekomen": Action(_undo_no_show, _("The no-show of %(name)s is undone.")),
    "toch-niet-annuleren": Action(_undo_cancel, _("The appointment of %(name)s is back.")),
    "bevestigd": Action(_confirm, _("%(name)s has confirmed.")),
    "uitslag-goed": Action(_went_well, _("The result of %(name)s is noted: good.")),
    "uitslag-niet-goed": Action(_went_wrong, _("The result of %(name)s is noted: not good.")),
    "per-bank": Action(
        _give_by_bank,
        _("It is noted that %(name)s has her money back by bank."),
        undo="niet-per-bank",
    ),
    "niet-per-bank": Action(
        _not_given_by_bank, _("The refund of %(name)s waits again to be given by bank.")
    ),
    "beantwoord": Action(_answered, _("It is noted that %(name)s has had her answer.")),
    "teruggave-gezien": Action(
        _see_refunds, _("It is noted that the refund of %(name)s was meant so.")
    ),
    "betaallink": Action(_ask_deposit, _("%(name)s gets a new message with the pay link.")),
}

REFUSALS: dict[type[Exception], str | Promise] = {
    bookings.WrongMoment: _(
        "That cannot be done any more: look below how the appointment stands now. "
        "Nothing was changed."
    ),
    bookings.NotCancellable: _("This is no longer an appointment to come, so nothing was changed."),
    bookings.NotUndoable: _(
        "This can no longer be undone: the time for it is over, or somebody else has the place. "
        "Nothing was changed."
    ),
    bookings.NotMovable: _("This is no longer an appointment to come, so it stays where it was."),
    bookings.ReasonMissing: _("Write down why it is moved. Nothing was changed."),
    bookings.SlotTaken: _("That time was just taken. Nothing was changed; choose another time."),
    bookings.NotOffered: _("That time is not on offer. Nothing was changed; choose another time."),
    bookings.NotInCourse: _("This is no session of a course. Nothing was changed."),
    bookings.HoldLapsed: _("The time is no longer kept. Nothing was changed."),
    bookings.AlreadyBooked: _("This appointment was booked before. Nothing was changed."),
    bookings.DetailsMissing: _("This cannot be booked yet: details or terms are missing."),
    payments.NothingToPay: _("There is nothing to pay any more. Nothing was sent."),
    payments.NothingToGive: _("No refund waits for this any more. Nothing was changed."),
    payments.AlreadyPaid: _("The deposit was paid before. Nothing was sent."),
    payments.VoucherChanged: _(
        "By now the voucher pays less than was read to the client. Nothing was booked."
    ),
    reminders.NothingAsked: _("No question waits for an answer any more. Nothing was changed."),
    **NOT_BY_VOUCHER,
}
REFUSED: tuple[type[Exception], ...] = (*REFUSALS, bookings.NotEligible)


def asks_override(error: Exception) -> bool:
    """Tell whether the desk may go on after all, when it says why."""
    return isinstance(error, bookings.NotEligible) and error.problem.why is Why.TOO_SOON


def why_not(error: Exception) -> str:
    """Return why an operation was refused, in words for the desk."""
    if isinstance(error, bookings.NotEligible):
        zone = ZoneInfo(settings.CLINIC_TIME_ZONE)
        return told_to_desk(error, language=get_language() or "nl", zone=zone)
    return str(REFUSALS[type(error)])
