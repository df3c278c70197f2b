"""The words of one message: the clinic's text, the client's plan, the right link."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from bookings import formats
from bookings.models import Appointment, Client, Clinic, Offer
from payments.models import Payment
from payments.standing import Standing, standing_of, standings_of
from reminders import plans
from reminders.calendar_file import Entry, calendar_file
from reminders.mail_gateway import Attachment
from reminders.models import IfThenPlan, Message, Step, Wording
from reminders.operations.acts import told_with
from reminders.operations.sender import Sender
from reminders.wording import fill_in, plain
from reminders.written import fitting_plan

Key = Wording.Key

# Which value goes into which numbered variable of the approved WhatsApp templates.
TEMPLATE_VARIABLES: dict[str, tuple[str, ...]] = {
    Key.CONFIRMATION: ("first_name", "clinic", "moment", "plan_or_tip", "link"),
    Key.CONFIRM_QUESTION: ("first_name", "moment", "clinic", "plan_or_tip", "link", "mark"),
    Key.REMINDER: ("first_name", "until", "plan_or_tip", "link"),
    Key.PAY_LINK: ("first_name", "money", "link"),
    Key.OFFER: ("first_name", "clinic", "moment", "expires", "link"),
    Key.CUE: ("first_name", "now", "action", "link"),
}
# What tells of every appointment of one act.
SUMMING_UP = (Key.CONFIRMATION, Key.CANCELLED)
TIP = {"nl": "Tip: zet het meteen in de agenda.", "en": "Tip: put it in the calendar now."}


@dataclass(frozen=True, slots=True)
class Words:
    """What one message says, on its channel."""

    subject: str
    body: str
    content_sid: str = ""
    variables: dict[str, str] | None = None


def wording_for(key: str, client: Client, clinic: Clinic) -> Wording:
    """Return the clinic's text in the client's language and the clinic's form of address."""
    return wording_among(Wording.objects.filter(key=key), client.language, clinic)


def wording_among(texts: Iterable[Wording], language: str, clinic: Clinic) -> Wording:
    """Return of one text in all its languages the one that fits; Dutch when there is none."""
    formal = clinic.form_of_address == Clinic.Address.FORMAL
    wanted = "nl-u" if language == "nl" and formal else language
    found = {text.language: text for text in texts}
    return found.get(wanted) or found.get(language) or found["nl"]


def words_for(step: Step, channel: str, *, mark: str, sender: Sender, now: datetime) -> Words:
    """Return what a step's message says, with the plan as it reads now."""
    appointment = step.appointment
    client = appointment.client
    assert client is not None  # only a hold has no client, and no rule is for holds without one
    wording = wording_for(step.wording, client, sender.clinic)
    values = _values(step, appointment, client, mark=mark, sender=sender, now=now)
    subject = fill_in(wording.subject, values)
    if channel == Client.ReachBy.EMAIL:
        return Words(subject=subject, body=fill_in(wording.email_text or wording.text, values))
    content_sid = settings.TWILIO_CONTENT.get(step.wording, "")
    if channel == Client.ReachBy.WHATSAPP and content_sid:
        names = TEMPLATE_VARIABLES[step.wording]
        variables = {str(n): " ".join(values[name].split()) for n, name in enumerate(names, 1)}
        return Words(subject="", body="", content_sid=content_sid, variables=variables)
    return Words(subject="", body=plain(fill_in(wording.text, values)))


def _values(
    step: Step,
    appointment: Appointment,
    client: Client,
    *,
    mark: str,
    sender: Sender,
    now: datetime,
) -> dict[str, str]:
    language, zone = client.language, sender.zone
    standing = standing_of(appointment.pk)
    written = fitting_plan(appointment, zone=zone)
    plan = _sentence(written, language=language, zone=zone)
    offer = _offer_of(appointment)
    expires_at = offer.expires_at if offer else appointment.starts_at
    return {
        "first_name": client.first_name,
        "clinic": sender.clinic.short_name,
        "practitioner": appointment.practitioner.first_name,
        "moment": _moment(step.wording, appointment, language=language, zone=zone),
        "until": until(appointment.starts_at, now=now, language=language, sender=sender),
        "plan": plan,
        "plan_or_tip": plan or TIP.get(language, TIP["nl"]),
        "policy": appointment.terms_text,
        "amount": formats.euros(_payable(standing), language),
        "money": _money(step.wording, appointment, standing, language=language),
        "how": how_to_answer(language, two_way=sender.two_way),
        "now": formats.clock(now, language, zone=zone),
        "action": written.action.rstrip(".") if written else "",
        "expires": until(expires_at, now=now, language=language, sender=sender),
        "link": _link(step, standing, offer, mark=mark, sender=sender),
        "mark": mark,
    }


def _moment(key: str, appointment: Appointment, *, language: str, zone: ZoneInfo) -> str:
    """Return the start, and how many later ones were booked or cancelled in one act with it."""
    said = formats.moment_in_words(appointment.starts_at, language, zone=zone)
    more = len(told_with(appointment)) - 1 if key in SUMMING_UP else 0
    if not more:
        return said
    if language.startswith("en"):
        return f"{said} and {more} more after it"
    return f"{said} en nog {more} erna"


def _offer_of(hold: Appointment) -> Offer | None:
    """Return the offer that a hold keeps a time for, or kept it for."""
    if hold.hold_kind != Appointment.HoldKind.OFFER or hold.booked_at is not None:
        return None
    return Offer.objects.filter(hold=hold).first()


def _link(step: Step, standing: Standing, offer: Offer | None, *, mark: str, sender: Sender) -> str:
    """Return where she does what the text is about."""
    if offer is not None:
        return sender.offer_url(offer.token, mark=mark)
    if step.wording == Key.PAY_LINK and standing.pay_token:
        return sender.pay_url(standing.pay_token, mark=mark)
    return sender.appointment_url(step.appointment.token, mark=mark)


def plan_sentence(appointment: Appointment, *, language: str, zone: ZoneInfo) -> str:
    """Return the client's plan in her own words, or nothing when she made none that fits."""
    return _sentence(fitting_plan(appointment, zone=zone), language=language, zone=zone)


def _sentence(plan: IfThenPlan | None, *, language: str, zone: ZoneInfo) -> str:
    if plan is None or plan.cue_on is None or plan.cue_at is None:
        return ""
    return plans.sentence(plan.cue_on, plan.cue_at, plan.action, language=language, zone=zone)


def until(starts_at: datetime, *, now: datetime, language: str, sender: Sender) -> str:
    """Return the start as one says it today: “morgen om 10:00 uur”."""
    english = language.startswith("en")
    days = (starts_at.astimezone(sender.zone).date() - now.astimezone(sender.zone).date()).days
    near = {0: "today" if english else "vandaag", 1: "tomorrow" if english else "morgen"}
    if days not in near:
        return formats.moment_in_words(starts_at, language, zone=sender.zone)
    joined = "at" if english else "om"
    return f"{near[days]} {joined} {formats.clock(starts_at, language, zone=sender.zone)}"


def how_to_answer(language: str, *, two_way: bool) -> str:
    """Return how she says yes: by a reply where those arrive, else by the link."""
    if language.startswith("en"):
        return "Reply JA, or see" if two_way else "Confirm or change it here:"
    return "Antwoord JA, of kijk op" if two_way else "Bevestigen of verzetten kan hier:"


def _payable(standing: Standing) -> int:
    return (
        standing.fee_cents if standing.fee_status == Payment.Status.OPEN else standing.deposit_cents
    )


def _money(key: str, appointment: Appointment, standing: Standing, *, language: str) -> str:
    english = language.startswith("en")
    if key == Key.PAY_LINK:
        amount = formats.euros(_payable(standing), language)
        if standing.fee_status == Payment.Status.OPEN:
            return _fee_due(appointment, amount, english=english)
        return (
            f"we are holding your time. The deposit is {amount}."
            if english
            else f"we houden de tijd vast. De aanbetaling is {amount}."
        )
    if key != Key.CANCELLED:
        return ""
    return _cancelled_money(told_with(appointment), language=language)


def _fee_due(appointment: Appointment, amount: str, *, english: bool) -> str:
    """Return what is due and what for: a fee is for a missed appointment or for a late change."""
    missed = appointment.no_show_at is not None
    if english:
        why = "the appointment you missed" if missed else "your late change"
        return f"for {why} {amount} is due, as agreed."
    why = "gemiste afspraak" if missed else "late annulering"
    return f"voor de {why} staat nog {amount} open, zoals afgesproken."


def _cancelled_money(cancelled: Sequence[Appointment], *, language: str) -> str:
    """Return what cancelling costs, and what goes back, over all that one message tells of."""
    english = language.startswith("en")
    standings = standings_of(one.pk for one in cancelled)
    fees = [standings[one.pk].fee_now(one.fee_cents) for one in cancelled]
    paid = [standings[one.pk].deposit_paid_cents for one in cancelled]
    fee_cents = sum(fees)
    back = sum(max(own - fee, 0) for own, fee in zip(paid, fees, strict=True))
    said: list[str] = []
    if fee_cents:
        fee = formats.euros(fee_cents, language)
        said.append(f"The fee is {fee}." if english else f"De kosten zijn {fee}.")
    amount = formats.euros(back, language)
    if back and any(standings[one.pk].voucher_token for one in cancelled):
        said.append(
            f"{amount} goes back onto the voucher."
            if english
            else f"{amount} komt weer op het tegoed."
        )
    elif back:
        said.append(
            f"Your refund of {amount} is under way."
            if english
            else f"De aanbetaling van {amount} gaat terug."
        )
    return " ".join(said)


def attachments_for(message: Message, *, sender: Sender) -> list[Attachment]:
    """Return the files that go with a mail: each appointment it tells of as a calendar file.

    That of a cancelled one takes it out of her calendar again.
    """
    if message.step.wording not in SUMMING_UP:
        return []
    return [
        Attachment(
            name=f"afspraak-{number}.ics" if number else "afspraak.ics",
            content=calendar_entry(one, sender=sender, at=message.created_at),
            kind="text/calendar",
        )
        for number, one in enumerate(told_with(message.appointment))
    ]


def calendar_entry(appointment: Appointment, *, sender: Sender, at: datetime) -> bytes:
    """Return the appointment as a calendar file that names no treatment."""
    language = appointment.client.language if appointment.client else "nl"
    english = language.startswith("en")
    clinic = sender.clinic
    url = f"{sender.base_url}/a/{appointment.token}/"
    is_off = appointment.status == Appointment.Status.CANCELLED
    return calendar_file(
        Entry(
            uid=f"{appointment.token}@{clinic.short_name.lower()}",
            sequence=appointment.moves + is_off,  # later than what her calendar has
            starts_at=appointment.starts_at,
            ends_at=appointment.ends_at,
            made_at=at,
            summary=f"{'Appointment at' if english else 'Afspraak bij'} {clinic.name}",
            description="\n".join(
                line
                for line in (
                    plan_sentence(appointment, language=language, zone=sender.zone),
                    appointment.terms_text,
                    url,
                )
                if line
            ),
            location=clinic.full_address,
            url=url,
            is_cancelled=is_off,
        )
    )
