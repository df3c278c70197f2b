"""Reads: all that the desk wants to know of one appointment."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bookings.courses import Course, course_of
from bookings.models import Appointment, AppointmentEvent, By, Treatment
from bookings.operations import NotEligible, fee_for_cancelling, refuse_ineligible
from bookings.terms import Quote, free_until, quote
from clinic.desk.here import Here
from clinic.desk.places import TakenPlace, places_of
from clinic.desk.status import Possible, Shown, possible, shown
from clinic.desk.todo import has_stopped
from clinic.portal.forms import reason_in_words
from clinic.refusals import warning_at_desk
from payments.models import Dispute, Refund
from payments.standing import Standing, standing_of
from reminders import plans
from reminders.models import IfThenPlan, Message, Question, Step

Status = Appointment.Status


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as it went out, or as it will."""

    step_id: int
    what: str
    by: str
    state: str
    state_code: str
    at: datetime | None
    delivered_at: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the appointment's history."""

    at: datetime
    what: str
    who: str
    detail: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """One appointment with everything that hangs on it."""

    appointment: Appointment
    status: Shown
    can: Possible
    places: list[TakenPlace]
    standing: Standing
    disputes: list[Dispute]
    refund_to_see_cents: int  # given back in Stripe's dashboard, and nobody has looked at it
    free_until: datetime
    by_client: Quote
    by_clinic: Quote
    may_waive: bool
    asks_result: bool  # it opens other treatments, so how it came out is noted
    warning: str
    reason: str
    plan: list[str]
    questions: list[Question]
    has_stopped: bool
    messages: list[Sent]
    history: list[Happened]
    course: Course | None
    session: int  # which session of the course it is

    @property
    def fee_now_cents(self) -> int:
        """The fee, as far as it was not waived."""
        return self.standing.fee_now(self.appointment.fee_cents)

    @property
    def asks_answer(self) -> bool:
        """Tell whether a question of hers waits for an answer."""
        return any(one.answered_at is None for one in self.questions)

    @property
    def moves_by_clinic(self) -> int:
        """How often the clinic moved it, by itself or at her asking."""
        return self.appointment.moves - self.appointment.moves_by_client


def read_dossier(appointment: Appointment, here: Here) -> Dossier:
    """Return everything about one appointment."""
    standing = standing_of(appointment.pk)
    paid = standing.deposit_paid_cents
    fee_cents = fee_for_cancelling(appointment, by=By.CLIENT, now=here.now)
    ended = appointment.status in (Status.CANCELLED, Status.NO_SHOW)
    course = course_of(appointment, zone=here.zone)
    return Dossier(
        appointment=appointment,
        status=shown(appointment, now=here.now),
        can=possible(
            appointment,
            clinic=here.clinic,
            now=here.now,
            is_today=here.day_of(appointment.starts_at) == here.today,
        ),
        places=places_of(appointment),
        standing=standing,
        disputes=list(Dispute.objects.filter(payment__appointment=appointment).order_by("pk")),
        refund_to_see_cents=_refund_to_see_cents(appointment),
        free_until=free_until(appointment.terms, starts_at=appointment.starts_at),
        by_client=quote(fee_cents, deposit_paid_cents=paid),
        by_clinic=quote(0, deposit_paid_cents=paid),
        may_waive=ended and standing.fee_now(appointment.fee_cents) > 0,
        asks_result=appointment.status == Status.COMPLETED and _opens_others(appointment),
        warning=warning_of(appointment, here),
        reason=reason_in_words(appointment.cancel_reason),
        plan=_plan(appointment, here),
        questions=list(appointment.questions.select_related("answered_by")),
        has_stopped=appointment.client is not None and has_stopped(appointment.client),
        messages=[*_messages(appointment), *_waiting(appointment)],
        history=_history(appointment),
        course=course,
        session=course.number_of(appointment.pk) if course else 0,
    )


def _refund_to_see_cents(appointment: Appointment) -> int:
    to_see = Refund.objects.filter(payment__appointment=appointment, to_see=True)
    return to_see.aggregate(cents=Sum("amount_cents"))["cents"] or 0


def _opens_others(appointment: Appointment) -> bool:
    return Treatment.objects.filter(prerequisite=appointment.treatment_id).exists()


def warning_of(appointment: Appointment, here: Here) -> str:
    """Return why somebody who is expected or here cannot have the treatment after all.

    Since it was booked the patch test may have failed, or have been cancelled.
    """
    if appointment.client is None or appointment.status not in (Status.BOOKED, Status.ARRIVED):
        return ""
    extras = [one.treatment for one in appointment.extras.select_related("treatment__prerequisite")]
    try:
        refuse_ineligible(
            appointment.client,
            [appointment.treatment, *extras],
            starts_at=appointment.starts_at,
            zone=here.zone,
            by=By.CLINIC,
            ignoring=appointment.pk,
            override="booked",  # how soon she comes was settled when it was booked
        )
    except NotEligible as error:
        return warning_at_desk(error, language=get_language() or "nl", zone=here.zone)
    return ""


def _plan(appointment: Appointment, here: Here) -> list[str]:
    """Return the client's plan in her own words and language, nothing when she made none."""
    plan = IfThenPlan.objects.filter(appointment=appointment, written_at__isnull=False).first()
    if plan is None or plan.cue_on is None or plan.cue_at is None:
        return []
    language = appointment.client.language if appointment.client else get_language() or "nl"
    said = plans.sentence(plan.cue_on, plan.cue_at, plan.action, language=language, zone=here.zone)
    more = plans.obstacle_sentence(plan.obstacle, plan.answer, language=language)
    helps = f"{plan.worry}: {plan.worry_answer}" if plan.worry and plan.worry_answer else ""
    return [one for one in (said, more, helps) if one]


def _messages(appointment: Appointment) -> list[Sent]:
    rows = Message.objects.filter(appointment=appointment).select_related("step")
    return [
        Sent(
            step_id=row.step_id,
            what=row.step.get_wording_display(),
            by=row.get_channel_display(),
            state=row.get_status_display(),
            state_code=row.status,
            at=row.sent_at or row.created_at,
            delivered_at=row.delivered_at,
            # A WhatsApp template keeps only what was filled in.
            text=row.body or " / ".join(str(part) for part in row.content_variables.values()),
        )
        for row in rows.order_by("created_at", "pk")
    ]


def _waiting(appointment: Appointment) -> list[Sent]:
    unsent = (Step.Status.WAITING, Step.Status.FAILED, Step.Status.MISSED)
    rows = Step.objects.filter(appointment=appointment, status__in=unsent).order_by("due_at")
    return [
        Sent(
            step_id=row.pk,
            what=row.get_wording_display(),
            by="",
            state=row.get_status_display(),
            state_code=row.status,
            at=row.due_at,
            delivered_at=None,
            text="",
        )
        for row in rows
    ]


def _history(appointment: Appointment) -> list[Happened]:
    rows = AppointmentEvent.objects.filter(appointment=appointment).select_related("user")
    return [
        Happened(at=row.at, what=row.get_kind_display(), who=_who(row), detail=_detail(row.facts))
        for row in rows.order_by("pk")
    ]


def _who(row: AppointmentEvent) -> str:
    if row.user is not None:
        return row.user.get_full_name() or row.user.get_username()
    who: dict[str, str | Promise] = {
        By.CLIENT: _("client"),
        By.CLINIC: _("clinic"),
        By.SYSTEM: _("by itself"),
    }
    return str(who.get(row.by, row.by))


def _detail(facts: dict[str, object]) -> str:
    return ", ".join(str(facts[name]) for name in ("reason", "override") if facts.get(name))
