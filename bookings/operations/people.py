"""Clients: who they are and how they may be reached."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bookings.models import Client, Consent
from bookings.operations.consents import Said, allow_whatsapp, column_of

#: How a client is reached, and what is known of that.
CONTACT = (
    "phone",
    "email",
    "reach_by",
    "whatsapp_opted_in_at",
    "news_by_text_at",
    "sms_dead_at",
    "whatsapp_dead_at",
)
KNOWN = """
SELECT * FROM bookings_client
 WHERE phone = %s AND upper(email) = upper(%s)
   AND upper(first_name) = upper(%s) AND upper(last_name) = upper(%s)
 ORDER BY id LIMIT 1 FOR NO KEY UPDATE
"""


@dataclass(frozen=True, slots=True)
class ClientDetails:
    """What a client tells about herself when she books; the number is E.164."""

    first_name: str
    last_name: str
    phone: str
    email: str
    reach_by: Client.ReachBy
    language: str = "nl"
    whatsapp_consent: str = ""  # the wording she ticked, empty if she did not


def known_client(details: ClientDetails) -> Client | None:
    """Return the client with this name, number and address, if there is one."""
    named = {"first_name__iexact": details.first_name, "last_name__iexact": details.last_name}
    found = Client.objects.filter(phone=details.phone, email__iexact=details.email, **named)
    return found.order_by("pk").first()


def find_or_add_client(details: ClientDetails, *, now: datetime) -> Client:
    """Return the client with this name, number and address, or add her.

    All three must agree: a number alone may belong to a family, and is not proof of who asks.
    She is locked, so that of two bookings at once the second knows of the first.
    """
    who = [details.phone, details.email, details.first_name, details.last_name]
    known = next(iter(Client.objects.raw(KNOWN, who)), None)
    client = known or Client(
        first_name=details.first_name,
        last_name=details.last_name,
        phone=details.phone,
        email=details.email,
        created_at=now,
    )
    told: dict[str, object] = {"reach_by": details.reach_by, "language": details.language}
    changed = [name for name, value in told.items() if getattr(client, name) != value]
    for name in changed:
        setattr(client, name, told[name])
    rows: list[Consent] = []
    if details.whatsapp_consent:
        rows = allow_whatsapp(client, details.whatsapp_consent, now=now)
        changed += ["whatsapp_opted_in_at", "whatsapp_opt_in_text"]
    if known is None:
        client.save(force_insert=True)
    elif changed:
        client.save(update_fields=changed)
    Consent.objects.bulk_create(rows)
    return client


def number_dead(*, phone: str, channel: str, now: datetime) -> int:
    """Note that nothing arrives at this number on this channel; return for how many clients."""
    return Client.objects.filter(phone=phone).update(**{column_of(channel, "dead_at"): now})


def number_alive(*, phone: str, channel: str) -> int:
    """Note that this number answers on this channel; return for how many clients."""
    column = column_of(channel, "dead_at")
    dead = Client.objects.filter(phone=phone, **{f"{column}__isnull": False})
    return dead.update(**{column: None})


@transaction.atomic
def change_contact(
    client_id: int, *, phone: str, email: str, reach_by: Client.ReachBy, now: datetime
) -> Client:
    """Keep how a client can be reached from now on; the number is E.164.

    Whoever looked at the number found it right, so it is tried again. What she stopped stays
    stopped; WhatsApp, and news by text, were allowed for the number that she had.
    """
    client = Client.objects.select_for_update(no_key=True).get(pk=client_id)
    if client.phone != phone:
        Consent.objects.bulk_create(_void_of_number(client, now=now))
        client.whatsapp_opted_in_at = client.news_by_text_at = None
    client.phone, client.email = phone, email
    may_whatsapp = client.whatsapp_opted_in_at is not None
    is_whatsapp = reach_by == Client.ReachBy.WHATSAPP
    client.reach_by = Client.ReachBy.SMS if is_whatsapp and not may_whatsapp else reach_by
    client.sms_dead_at = client.whatsapp_dead_at = None
    client.save(update_fields=CONTACT)
    return client


def _void_of_number(client: Client, *, now: datetime) -> list[Consent]:
    """Return what a client allowed for the number that she has no longer, as taken back."""
    said = Said(Consent.Source.DESK, now, str(client.phone))
    whatsapp, sms = Client.ReachBy.WHATSAPP, Client.ReachBy.SMS
    rows: list[Consent] = []
    if client.whatsapp_opted_in_at is not None:
        rows.append(said.row(client, whatsapp, Consent.Purpose.SERVICE, is_given=False))
    if client.news_by_text_at is not None:
        rows.append(said.row(client, sms, Consent.Purpose.NEWS, is_given=False))
    return rows
