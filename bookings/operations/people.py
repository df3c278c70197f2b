"""Clients: who they are and how they may be reached."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bookings.models import Client

#: How a client is reached, and what is known of that.
CONTACT = ("phone", "email", "reach_by", "whatsapp_opted_in_at", "sms_dead_at", "whatsapp_dead_at")
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
    if details.whatsapp_consent:
        # A stop stays a stop: only START, sent from the telephone itself, takes it back.
        told["whatsapp_opted_in_at"] = now
        told["whatsapp_opt_in_text"] = details.whatsapp_consent
    changed = [name for name, value in told.items() if getattr(client, name) != value]
    for name in changed:
        setattr(client, name, told[name])
    if known is None:
        client.save(force_insert=True)
    elif changed:
        client.save(update_fields=changed)
    return client


def opt_out(*, phone: str, channel: str, now: datetime) -> int:
    """Stop texts to this number on this channel, for everybody who uses it; return how many."""
    column = _column(channel, "opted_out_at")
    return Client.objects.filter(phone=phone, **{f"{column}__isnull": True}).update(**{column: now})


def number_dead(*, phone: str, channel: str, now: datetime) -> int:
    """Note that nothing arrives at this number on this channel; return for how many clients."""
    return Client.objects.filter(phone=phone).update(**{_column(channel, "dead_at"): now})


def number_alive(*, phone: str, channel: str) -> int:
    """Note that this number answers on this channel; return for how many clients."""
    column = _column(channel, "dead_at")
    dead = Client.objects.filter(phone=phone, **{f"{column}__isnull": False})
    return dead.update(**{column: None})


@transaction.atomic
def change_contact(client_id: int, *, phone: str, email: str, reach_by: Client.ReachBy) -> Client:
    """Keep how a client can be reached from now on; the number is E.164.

    Whoever looked at the number found it right, so it is tried again. What she stopped stays
    stopped; WhatsApp was allowed for the number that she had.
    """
    client = Client.objects.select_for_update(no_key=True).get(pk=client_id)
    if client.phone != phone:
        client.whatsapp_opted_in_at = None
    client.phone, client.email = phone, email
    may_whatsapp = client.whatsapp_opted_in_at is not None
    is_whatsapp = reach_by == Client.ReachBy.WHATSAPP
    client.reach_by = Client.ReachBy.SMS if is_whatsapp and not may_whatsapp else reach_by
    client.sms_dead_at = client.whatsapp_dead_at = None
    client.save(update_fields=CONTACT)
    return client


def opt_in(*, phone: str, channel: str) -> int:
    """Allow texts to this number again after START; return for how many clients."""
    column = _column(channel, "opted_out_at")
    return Client.objects.filter(phone=phone).update(**{column: None})


def _column(channel: str, what: str) -> str:
    """Return the column that keeps this of one of the two ways to text a number."""
    return f"{Client.ReachBy(channel)}_{what}"
