"""What clients allow and stop: it works at once, and is kept with its time and its words."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from bookings.models import Client, Consent

ReachBy = Client.ReachBy
Purpose, Source = Consent.Purpose, Consent.Source


@dataclass(frozen=True, slots=True)
class Said:
    """How and when a client said something about messages, and in which words."""

    source: Consent.Source
    at: datetime
    wording: str = ""

    def row(self, client: Client, channel: str, purpose: str, *, is_given: bool) -> Consent:
        """Return it as a row, not stored yet."""
        return Consent(
            client=client,
            channel=channel,
            purpose=purpose,
            is_given=is_given,
            source=self.source,
            at=self.at,
            wording=self.wording,
        )


@dataclass(frozen=True, slots=True)
class MessageChoice:
    """Which messages a client wants, as she chose on a page."""

    reach_by: str
    whatsapp_consent: str = ""  # the words that she ticked, empty if she did not
    news_by_email: bool = False
    news_by_text: bool = False
    news_wording: str = ""  # the words beside those


@transaction.atomic
def opt_out(*, phone: str, channel: str, said: Said) -> int:
    """Stop texts to this number on this channel, for everybody who uses it; return how many.

    A stop is a stop: it ends news by text as well.
    """
    column = column_of(channel, "opted_out_at")
    hers = Client.objects.filter(Q(**{column: None}) | ~Q(news_by_text_at=None), phone=phone)
    clients = list(hers.select_for_update(no_key=True).order_by("pk"))
    rows: list[Consent] = []
    for client in clients:
        if getattr(client, column) is None:
            rows.append(said.row(client, channel, Purpose.SERVICE, is_given=False))
            setattr(client, column, said.at)
        if client.news_by_text_at is not None:
            rows.append(said.row(client, channel, Purpose.NEWS, is_given=False))
            client.news_by_text_at = None
        client.save(update_fields=[column, "news_by_text_at"])
    Consent.objects.bulk_create(rows)
    return len(clients)


@transaction.atomic
def opt_in(*, phone: str, channel: str, said: Said) -> int:
    """Allow texts to this number again after START; return for how many clients."""
    column = column_of(channel, "opted_out_at")
    stopped = Client.objects.filter(phone=phone, **{f"{column}__isnull": False})
    clients = list(stopped.select_for_update(no_key=True).order_by("pk"))
    Consent.objects.bulk_create(
        said.row(one, channel, Purpose.SERVICE, is_given=True) for one in clients
    )
    return Client.objects.filter(pk__in=[one.pk for one in clients]).update(**{column: None})


@transaction.atomic
def choose_messages(client_id: int, choice: MessageChoice, *, now: datetime) -> Client:
    """Keep which messages a client wants from now on. What she stopped stays stopped."""
    client = Client.objects.select_for_update(no_key=True).get(pk=client_id)
    rows: list[Consent] = []
    if choice.whatsapp_consent:
        rows += allow_whatsapp(client, choice.whatsapp_consent, now=now)
    elif client.whatsapp_opted_in_at is not None:
        client.whatsapp_opted_in_at = None
        taken_back = Said(Source.PAGE, now, client.whatsapp_opt_in_text)
        rows.append(taken_back.row(client, ReachBy.WHATSAPP, Purpose.SERVICE, is_given=False))
    may_whatsapp = client.whatsapp_opted_in_at is not None
    is_whatsapp = choice.reach_by == ReachBy.WHATSAPP
    client.reach_by = ReachBy.SMS if is_whatsapp and not may_whatsapp else ReachBy(choice.reach_by)
    said = Said(Source.PAGE, now, choice.news_wording)
    text_way = ReachBy.SMS if client.reach_by == ReachBy.EMAIL else client.reach_by
    wanted = {
        "news_by_email_at": (choice.news_by_email, ReachBy.EMAIL),
        "news_by_text_at": (choice.news_by_text, text_way),
    }
    for column, (is_given, channel) in wanted.items():
        if is_given != (getattr(client, column) is not None):
            setattr(client, column, now if is_given else None)
            rows.append(said.row(client, channel, Purpose.NEWS, is_given=is_given))
    client.save(update_fields=["reach_by", "whatsapp_opted_in_at", "whatsapp_opt_in_text", *wanted])
    Consent.objects.bulk_create(rows)
    return client


def allow_whatsapp(client: Client, wording: str, *, now: datetime) -> list[Consent]:
    """Let a client, not saved yet, have allowed WhatsApp; return what to keep of that.

    A stop stays a stop: only START, sent from the telephone itself, takes it back.
    """
    if client.whatsapp_opted_in_at is not None and client.whatsapp_opt_in_text == wording:
        return []
    client.whatsapp_opted_in_at, client.whatsapp_opt_in_text = now, wording
    said = Said(Source.PAGE, now, wording)
    return [said.row(client, ReachBy.WHATSAPP, Purpose.SERVICE, is_given=True)]


def column_of(channel: str, what: str) -> str:
    """Return the column that keeps this of one of the two ways to text a number."""
    return f"{ReachBy(channel)}_{what}"
