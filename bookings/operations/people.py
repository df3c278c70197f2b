"""Clients: who they are and how they may be reached."""

from dataclasses import dataclass
from datetime import datetime

from bookings.models import Client


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


def find_or_add_client(details: ClientDetails, *, now: datetime) -> Client:
    """Return the client with this name, number and address, or add her.

    All three must agree: a number alone may belong to a family, and is not proof of who asks.
    """
    known = (
        Client.objects.filter(
            phone=details.phone,
            email__iexact=details.email,
            first_name__iexact=details.first_name,
            last_name__iexact=details.last_name,
        )
        .order_by("pk")
        .first()
    )
    client = known or Client(
        first_name=details.first_name,
        last_name=details.last_name,
        phone=details.phone,
        email=details.email,
        created_at=now,
    )
    client.reach_by = details.reach_by
    client.language = details.language
    if details.whatsapp_consent:
        client.whatsapp_opted_in_at = now
        client.whatsapp_opt_in_text = details.whatsapp_consent
        # A stop stays a stop: only START, sent from the telephone itself, takes it back.
    client.save()
    return client


def opt_out(*, phone: str, channel: str, now: datetime) -> int:
    """Stop texts to this number on this channel, for everybody who uses it; return how many."""
    column = "whatsapp_opted_out_at" if channel == Client.ReachBy.WHATSAPP else "sms_opted_out_at"
    return Client.objects.filter(phone=phone, **{f"{column}__isnull": True}).update(**{column: now})


def opt_in(*, phone: str, channel: str) -> int:
    """Allow texts to this number again after START; return for how many clients."""
    column = "whatsapp_opted_out_at" if channel == Client.ReachBy.WHATSAPP else "sms_opted_out_at"
    return Client.objects.filter(phone=phone).update(**{column: None})
