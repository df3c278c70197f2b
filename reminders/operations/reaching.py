"""How a client may be reached: by her choice, and never where she said stop."""

from collections.abc import Iterator

from bookings.models import Client
from reminders.models import Rule, Step
from reminders.operations.sender import Sender

ReachBy = Client.ReachBy


def channels_for(step: Step, client: Client | None, sender: Sender) -> Iterator[str]:
    """Yield how the client may be reached for this step, best first."""
    if client is None or (client.is_demo and not sender.reaches_demo_clients):
        return
    if step.reply_to is not None:
        if not is_stopped(client, step.reply_to.channel):
            yield step.reply_to.channel  # an answer goes where the question came from
        return
    wants_text = step.reach != Rule.Reach.EMAIL and client.reach_by != ReachBy.EMAIL
    if wants_text:
        yield from _text_channels(client)
    if step.reach != Rule.Reach.TEXT:
        yield ReachBy.EMAIL


def _text_channels(client: Client) -> Iterator[str]:
    """Yield WhatsApp and then SMS, for when it fails; a stop on WhatsApp is no wish for SMS."""
    if client.reach_by == ReachBy.WHATSAPP:
        if is_stopped(client, ReachBy.WHATSAPP):
            return
        if client.whatsapp_opted_in_at:
            yield ReachBy.WHATSAPP
    if not is_stopped(client, ReachBy.SMS):
        yield ReachBy.SMS


def is_stopped(client: Client | None, channel: str) -> bool:
    """Tell whether nothing may be sent to her on this channel."""
    if client is None:
        return True
    stopped = {
        ReachBy.WHATSAPP: client.whatsapp_opted_out_at,
        ReachBy.SMS: client.sms_opted_out_at,
    }
    return stopped.get(ReachBy(channel)) is not None


def address_of(client: Client, channel: str) -> str:
    """Return what the vendor calls her on this channel."""
    if channel == ReachBy.EMAIL:
        return client.email
    number = client.phone.as_e164
    return f"whatsapp:{number}" if channel == ReachBy.WHATSAPP else number
