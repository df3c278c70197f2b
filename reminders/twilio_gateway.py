"""The only door to Twilio: plain values in, frozen dataclasses or one of three errors out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client as TwilioClient

PUBLIC = "https://api.twilio.com"
TIMEOUT_SECONDS = 10
LIST_SIZE = 50


class Refused(Exception):
    """Twilio will not send this; `code` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class Unavailable(Exception):
    """Twilio did not process it: too busy, or our keys are wrong. It may be sent again."""


class OutcomeUnknown(Exception):
    """No answer came: it may have been sent. Ask before sending again."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as Twilio knows it now."""

    sid: str
    status: str
    error_code: int | None
    body: str


@dataclass(frozen=True, slots=True)
class Approval:
    """What WhatsApp says of a template: approved, pending, rejected, paused, disabled and so on."""

    status: str
    reason: str


class _LocalHttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Sends every request to another base address, path and query unchanged."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS)
        self._base = urlsplit(base)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        asked = urlsplit(url)
        local = asked._replace(scheme=self._base.scheme, netloc=self._base.netloc)
        return super().request(method, urlunsplit(local), *args, **kwargs)


@cache
def _client_for(sid: str, token: str, base: str) -> TwilioClient:
    http = _LocalHttpClient(base) if base else TwilioHttpClient(timeout=TIMEOUT_SECONDS)
    assert http.session is not None  # it keeps its connections
    # One for each thread that sends: the SDK keeps as many as there are cores, and a few.
    http.session.mount("https://", HTTPAdapter(pool_maxsize=settings.SENDING_THREADS))
    _read_environment_once(http.session, base or PUBLIC)
    return TwilioClient(sid, token, http_client=http)


def _read_environment_once(session: requests.Session, url: str) -> None:
    """Keep the proxy and the certificates that the environment names.

    Left to itself the library looks through the whole environment at every call, which takes it
    a third of its time.
    """
    found = session.merge_environment_settings(url, {}, None, None, None)
    session.proxies, session.verify = found["proxies"], found["verify"]
    session.trust_env = False


def _client() -> TwilioClient:
    return _client_for(
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_API_BASE
    )


class _translated:  # noqa: N801 (reads as a statement at its one kind of use)
    """Turn the SDK's errors into this module's."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, TwilioRestException):
            if error.status in (401, 403, 429):
                raise Unavailable(f"{error.status} {error.code}") from error
            if 400 <= error.status < 500:
                raise Refused(int(error.code or 0)) from error
            raise OutcomeUnknown(str(error.status)) from error
        if isinstance(error, TwilioException | requests.RequestException):
            raise OutcomeUnknown(type(error).__name__) from error


def send_text(*, to: str, body: str, status_url: str, useful_seconds: int) -> Sent:
    """Send free text; `to` is a number in E.164, with `whatsapp:` before it for WhatsApp."""
    return _send(to=to, body=body, status_callback=status_url, validity_period=useful_seconds)


def send_template(
    *, to: str, content_sid: str, variables: Mapping[str, str], status_url: str, useful_seconds: int
) -> Sent:
    """Send an approved WhatsApp template with its variables."""
    return _send(
        to=to,
        content_sid=content_sid,
        content_variables=json.dumps(dict(variables), ensure_ascii=False),
        status_callback=status_url,
        validity_period=useful_seconds,
    )


def _send(**parameters: Any) -> Sent:
    with _translated():
        made = _client().messages.create(
            messaging_service_sid=settings.TWILIO_MESSAGING_SERVICE_SID, **parameters
        )
    return _sent(made)


def sent_to(to: str) -> list[Sent]:
    """Return the latest messages to a number, newest first."""
    with _translated():
        found = _client().messages.list(to=to, limit=LIST_SIZE)
    return [_sent(one) for one in found if one.direction != "inbound"]


def message(sid: str) -> Sent:
    """Return one message as it is now."""
    with _translated():
        return _sent(_client().messages(sid).fetch())


def approval_of(content_sid: str) -> Approval:
    """Return how far WhatsApp's approval of a template is.

    :raises Refused: if Twilio knows no such template
    """
    with _translated():
        found = _client().content.v1.contents(content_sid).approval_fetch().fetch().whatsapp or {}
    return Approval(
        status=str(found.get("status") or "unsubmitted"),
        reason=str(found.get("rejection_reason") or ""),
    )


def _sent(thing: Any) -> Sent:
    return Sent(
        sid=str(thing.sid),
        status=str(thing.status),
        error_code=int(thing.error_code) if thing.error_code else None,
        body=str(thing.body or ""),
    )


def is_from_twilio(*, url: str, parameters: Mapping[str, Any], signature: str) -> bool:
    """Tell whether a webhook was signed with our token; `url` is the public one it was sent to."""
    if not settings.TWILIO_AUTH_TOKEN:
        return False  # anybody can sign with an empty key
    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    return bool(validator.validate(url, parameters, signature or ""))
