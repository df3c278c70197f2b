"""The words of one message: the clinic's text, the client's plan, the right link."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings

from bookings import formats
from bookings.models import Appointment, Client, Clinic, Offer
from payments.models import Payment
from payments.standing import Standing, standings_of
from reminders import plans
from reminders.calendar_file import Entry, calendar_file
from reminders.mail_gateway import Attachment
from reminders.models import IfThenPlan, Message, Step, Text, Wording
from reminders.operations.acts import acts_of, telling_events, told_with
from reminders.operations.facts import Background
from reminders.operations.reaching import is_news
from reminders.operations.sender import Sender
from reminders.wording import fill_in, plain
from reminders.written import fitting_plan, fitting_plans

Key = Wording.Key
SomeText = TypeVar("SomeText", bound=Text)

# Which value goes into which numbered variable of the approved WhatsApp templates.
TEMPLATE_VARIABLES: dict[str, tuple[str, ...]] = {
    Key.CONFIRMATION: ("first_name", "clinic", "moment", "plan_or_tip", "link"),
    Key.CONFIRM_QUESTION: ("first_name", "moment", "clinic", "plan_or_tip", "link", "mark"),
    Key.REMINDER: ("first_name", "until", "plan_or_tip", "link"),
    Key.PREPARATION: ("first_name", "moment", "clinic", "link"),
    Key.AFTER_VISIT: ("first_name", "clinic", "link"),
    Key.PAY_LINK: ("first_name", "money", "link"),
    Key.OFFER: ("first_name", "clinic", "moment", "expires", "link"),
    Key.CUE: ("first_name", "now", "action", "link"),
}
# What tells of every appointment of one act.
SUMMING_UP = (Key.CONFIRMATION, Key.CANCELLED)
BY_HAND = {"nl": "Bericht van %s", "en": "Message from %s"}
NO_MORE = {"nl": "Liever geen tips en nieuws meer? %s", "en": "No more tips and news? %s"}
TIP = {"nl": "Tip: zet het meteen in de agenda.", "en": "Tip: put it in the calendar now."}


@dataclass(frozen=True, slots=True)
class Words:
    """What one message says, on its channel."""

    subject: str
    body: str
    content_sid: str = ""
    variables: dict[str, str] | None = None
    answer_by: datetime | None = None  # until when to answer, if it says so


def wording_among(texts: Iterable[SomeText], language: str, clinic: Clinic) -> SomeText:
    """Return of one text in all its languages the one that fits; Dutch when there is none."""
    formal = clinic.form_of_address == Clinic.Address.FORMAL
    wanted = "nl-u" if language == "nl" and formal else language
    found = {text.language: text for text in texts}
    return found.get(wanted) or found.get(language) or found["nl"]


@dataclass(frozen=True, slots=True)
class Known:
    """What the words of several messages are made of, by appointment."""

    texts: Mapping[str, list[Wording]]  # by what they are for
    standings: Mapping[int, Standing]
    plans: Mapping[int, IfThenPlan]
    offers: Mapping[int, Offer]  # by the hold that keeps the time
    told_with: Mapping[int, tuple[Appointment, ...]]  # itself the first


def known_of(steps: Iterable[Step], background: Background) -> Known:
    """Return what the words of these steps' messages are made of.

    Its queries do not grow with their number.
    """
    steps = list(steps)
    appointments = {step.appointment_id: step.appointment for step in steps}
    summed_up = {step.appointment_id for step in steps if step.wording in SUMMING_UP}
    together = told_with((appointments[pk] for pk in summed_up), background.acts)
    told = {one.pk for ones in together.values() for one in ones}
    texts: defaultdict[str, list[Wording]] = defaultdict(list)
    for text in Wording.objects.filter(key__in={step.wording for step in steps}):
        texts[text.key].append(text)
    return Known(
        texts=texts,
        standings=standings_of({*appointments, *told}),
        plans=background.plans,
        offers=_offers_of(appointments.values()),
        told_with=together,
    )


def _offers_of(appointments: Iterable[Appointment]) -> dict[int, Offer]:
    """Return the offers that holds keep a time for, or kept it for."""
    holds = [
        one.pk
        for one in appointments
        if one.hold_kind == Appointment.HoldKind.OFFER and one.booked_at is None
    ]
    offers = Offer.objects.filter(hold__in=holds) if holds else ()
    return {offer.hold_id: offer for offer in offers}


def words_for(
    step: Step,
    channel: str,
    *,
    mark: str,
    known: Known,
    texts: Iterable[Text],
    sender: Sender,
    now: datetime,
    answer_by: datetime | None = None,
) -> Words:
    """Return what a step's message says, with the plan as it reads now.

    :param texts: what it may say, in every language; of `known`, or those of an experiment
    :param answer_by: until when she is to answer; a text says so where it has `{release}`
    """
    client = step.appointment.client
    assert client is not None  # only a hold has no client, and no rule is for holds without one
    if step.text:
        subject = BY_HAND.get(client.language, BY_HAND["nl"]) % sender.clinic.short_name
        return Words(subject=subject, body=step.text)
    # A text that is gone is a fault of this step alone.
    wording = wording_among(texts, client.language, sender.clinic)
    values = _values(
        step, client, mark=mark, answer_by=answer_by, known=known, sender=sender, now=now
    )
    if is_template(step.wording, channel):
        content_sid = settings.TWILIO_CONTENT[step.wording]
        names = TEMPLATE_VARIABLES[step.wording]
        variables = {str(n): " ".join(values[name].split()) for n, name in enumerate(names, 1)}
        return Words(subject="", body="", content_sid=content_sid, variables=variables)
    is_mail = channel == Client.ReachBy.EMAIL
    text = (is_mail and wording.email_text) or wording.text
    said = fill_in(text, values)
    if is_news(step):
        stop = NO_MORE.get(client.language, NO_MORE["nl"])
        said += f"\n\n{stop % sender.messages_url(step.appointment.token)}"
    return Words(
        subject=fill_in(wording.subject, values) if is_mail else "",
        body=said if is_mail else plain(said),
        answer_by=answer_by if "{release}" in text else None,
    )


def is_template(wording: str, channel: str) -> bool:
    """Tell whether a text goes as a template that WhatsApp approved, word for word."""
    return channel == Client.ReachBy.WHATSAPP and bool(settings.TWILIO_CONTENT.get(wording))


def _values(
    step: Step,
    client: Client,
    *,
    mark: str,
    answer_by: datetime | None,
    known: Known,
    sender: Sender,
    now: datetime,
) -> dict[str, str]:
    appointment = step.appointment
    language, zone = client.language, sender.zone
    standing, written = known.standings[appointment.pk], known.plans.get(appointment.pk)
    together = known.told_with.get(appointment.pk, (appointment,))
    plan = _sentence(written, language=language, zone=zone)
    offer = known.offers.get(appointment.pk)
    expires_at = offer.expires_at if offer else appointment.starts_at
    return {
        "first_name": client.first_name,
        "clinic": sender.clinic.short_name,
        "practitioner": appointment.practitioner.first_name,
        "moment": _moment(together, language=language, zone=zone),
        "until": until(appointment.starts_at, now=now, language=language, sender=sender),
        "length": formats.length(appointment.ends_at - appointment.starts_at, language),
        "plan": plan,
        "plan_or_tip": plan or TIP.get(language, TIP["nl"]),
        "policy": appointment.terms_text,
        "amount": formats.euros(_payable(standing), language),
        "money": _money(step.wording, together, known, language=language),
        "how": how_to_answer(language, two_way=sender.two_way),
        "now": formats.clock(now, language, zone=zone),
        "action": written.action.rstrip(".") if written else "",
        "expires": until(expires_at, now=now, language=language, sender=sender),
        "link": _link(step, standing, offer, mark=mark, sender=sender),
        "release": _release(answer_by, now=now, language=language, sender=sender),
        "mark": mark,
    }


def _release(answer_by: datetime | None, *, now: datetime, language: str, sender: Sender) -> str:
    """Return until when to answer, and what becomes of the time without one."""
    if answer_by is None:
        return ""
    moment = until(answer_by, now=now, language=language, sender=sender)
    if language.startswith("en"):
        how = "reply JA" if sender.two_way else "confirm by the link"
        return f"Please {how} before {moment}. Without an answer the time goes to who waits."
    how = "antwoord JA" if sender.two_way else "bevestig met de link"
    return f"Graag vóór {moment}: {how}. Zonder antwoord gaat de tijd naar wie wacht."


def _moment(together: Sequence[Appointment], *, language: str, zone: ZoneInfo) -> str:
    """Return the start, and how many later ones were booked or cancelled in one act with it."""
    said = formats.moment_in_words(together[0].starts_at, language, zone=zone)
    more = len(together) - 1
    if not more:
        return said
    if language.startswith("en"):
        return f"{said} and {more} more after it"
    return f"{said} en nog {more} erna"


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


def _money(key: str, together: Sequence[Appointment], known: Known, *, language: str) -> str:
    english = language.startswith("en")
    appointment = together[0]
    standing = known.standings[appointment.pk]
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
    return _cancelled_money(together, known.standings, language=language)


def _fee_due(appointment: Appointment, amount: str, *, english: bool) -> str:
    """Return what is due and what for: a fee is for a missed appointment or for a late change."""
    missed = appointment.no_show_at is not None
    if english:
        why = "the appointment you missed" if missed else "your late change"
        return f"for {why} {amount} is due, as agreed."
    why = "gemiste afspraak" if missed else "late annulering"
    return f"voor de {why} staat nog {amount} open, zoals afgesproken."


def _cancelled_money(
    cancelled: Sequence[Appointment], standings: Mapping[int, Standing], *, language: str
) -> str:
    """Return what cancelling costs, and what goes back, over all that one message tells of."""
    english = language.startswith("en")
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


def attachments_of(messages: Iterable[Message], *, sender: Sender) -> dict[int, list[Attachment]]:
    """Return the files that go with mails: each appointment one tells of as a calendar file.

    That of a cancelled one takes it out of her calendar again.
    """
    mails = [
        message
        for message in messages
        if message.channel == Client.ReachBy.EMAIL and message.step.wording in SUMMING_UP
    ]
    visits = [message.appointment for message in mails]
    together = told_with(visits, acts_of(visits, telling_events(one.pk for one in visits)))
    everyone = {one.pk: one for ones in together.values() for one in ones}
    plans = fitting_plans(everyone.values(), zone=sender.zone)
    return {
        message.pk: [
            Attachment(
                name=f"afspraak-{number}.ics" if number else "afspraak.ics",
                content=_calendar_entry(
                    one, plans.get(one.pk), sender=sender, at=message.created_at
                ),
                kind="text/calendar",
            )
            for number, one in enumerate(together[message.appointment_id])
        ]
        for message in mails
    }


def calendar_entry(appointment: Appointment, *, sender: Sender, at: datetime) -> bytes:
    """Return the appointment as a calendar file that names no treatment."""
    plan = fitting_plan(appointment, zone=sender.zone)
    return _calendar_entry(appointment, plan, sender=sender, at=at)


def _calendar_entry(
    appointment: Appointment, plan: IfThenPlan | None, *, sender: Sender, at: datetime
) -> bytes:
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
                    _sentence(plan, language=language, zone=sender.zone),
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
