"""What the clinic asks of Twilio and hears from it, as the tests of the sandbox do."""

import json
from typing import Any
from urllib.parse import parse_qs

from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.sandbox.sandbox_world import CONTENT, SERVICE, TOKEN, Call, Clinic

ANNA = "+31612345678"
QUESTION = {
    "1": "Anna",
    "2": "woensdag 15 mei om 9:15",
    "3": "Huidkliniek Linde",
    "4": "Jouw plan: ik ga met de fiets.",
    "5": "http://127.0.0.1:1/a/abc/",
    "6": "token-1",
}


def send(twilio: Client, clinic: Clinic, *, to: str = ANNA, **given: Any) -> str:
    """Send a message as the clinic does and return its SID."""
    given = {"body": "Hoi Anna", **given} if "content_sid" not in given else given
    callback = f"{clinic.url}/hooks/twilio/status/1/"
    message = twilio.messages.create(
        to=to, messaging_service_sid=SERVICE, status_callback=callback, **given
    )
    return str(message.sid)


def ask(twilio: Client, clinic: Clinic, to: str = ANNA) -> str:
    """Ask on WhatsApp whether she comes, and return the SID."""
    return send(
        twilio,
        clinic,
        to=f"whatsapp:{to}",
        content_sid=CONTENT["CONFIRM_QUESTION"],
        content_variables=json.dumps(QUESTION),
    )


def params_of(call: Call, clinic: Clinic) -> dict[str, str]:
    """Return the parameters of a call whose signature Twilio's own validator accepts."""
    params = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
    signature = call.headers["X-Twilio-Signature"]
    assert RequestValidator(TOKEN).validate(clinic.url + call.path, params, signature)
    return params


def statuses(clinic: Clinic) -> list[tuple[str, str | None]]:
    """Return the statuses that the clinic was told, in order, with their error codes."""
    found = [params_of(call, clinic) for call in clinic.told("/hooks/twilio/status/")]
    return [(one["MessageStatus"], one.get("ErrorCode")) for one in found]
