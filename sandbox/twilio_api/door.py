"""The one door of the Twilio API: account, faults, resource, answer."""

import json
import logging
from base64 import b64decode
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt

from sandbox import misbehaving
from sandbox.models import ApiRequest
from sandbox.twilio_api import content, messages
from sandbox.twilio_api.refusal import Refused

log = logging.getLogger(__name__)
View = Callable[..., tuple[int, dict[str, Any] | None]]


def api(view: View) -> Callable[..., HttpResponse]:
    """Make a resource answer as Twilio's API does."""

    def answered(request: HttpRequest, **parts: str) -> HttpResponse:
        status, body = _answer(view, request, parts)
        ApiRequest.objects.create(
            vendor="twilio", method=str(request.method), path=request.path, status=status
        )
        response = (
            HttpResponse(status=status) if body is None else JsonResponse(body, status=status)
        )
        return misbehaving.after_work(request, request.path, response)

    return csrf_exempt(answered)


def _answer(
    view: View, request: HttpRequest, parts: dict[str, str]
) -> tuple[int, dict[str, Any] | None]:
    try:
        _authenticate(request, parts.pop("account", settings.TWILIO_ACCOUNT_SID))
        _misbehave(request)
        with transaction.atomic():
            return view(request, **parts)
    except Refused as refusal:
        return refusal.status, refusal.body
    except Exception:
        log.exception("The sandbox failed at %s %s", request.method, request.path)
        return 500, Refused(20500, "The sandbox itself failed; see its log.").body


def _authenticate(request: HttpRequest, account: str) -> None:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    try:
        name, _, secret = b64decode(value).decode().partition(":")
    except ValueError:
        name = secret = ""
    known = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
    if kind != "Basic" or (name, secret) != known:
        raise Refused(20003)
    if account != settings.TWILIO_ACCOUNT_SID:
        raise Refused(20404, "The requested resource was not found", status=404)


def _misbehave(request: HttpRequest) -> None:
    status = misbehaving.before_work(request, request.path)
    if status == 429:
        raise Refused(20429)
    if status == 409:
        raise Refused(20409, "Conflict", status=409)
    if status == 500:
        raise Refused(20500)


@api
def message_list(request: HttpRequest) -> tuple[int, dict[str, Any] | None]:
    """Take in a message, or list them."""
    if request.method == "POST":
        return 201, messages.shown(messages.create(_once(_form(request))))
    _only(request, "GET")
    return 200, messages.listing(_once(request.GET))


@api
def one_message(request: HttpRequest, sid: str) -> tuple[int, dict[str, Any] | None]:
    """Show, change or remove one message."""
    message = messages.find(sid)
    if request.method == "DELETE":
        messages.delete(message)
        return 204, None
    if request.method == "POST":
        return 200, messages.shown(messages.update(message, _once(_form(request))))
    _only(request, "GET")
    return 200, messages.shown(message)


@api
def content_list(request: HttpRequest) -> tuple[int, dict[str, Any] | None]:
    """Keep a new template, or list them."""
    if request.method == "POST":
        return 201, content.create(_json(request))
    _only(request, "GET")
    return 200, content.listing(_once(request.GET), settings.SANDBOX_URL)


@api
def one_content(request: HttpRequest, sid: str) -> tuple[int, dict[str, Any] | None]:
    """Show or remove one template."""
    found = content.find(sid)
    if request.method == "DELETE":
        found.delete()
        return 204, None
    _only(request, "GET")
    return 200, content.shown(found)


@api
def content_approvals(request: HttpRequest, sid: str) -> tuple[int, dict[str, Any] | None]:
    """Show how far the approval of a template is."""
    _only(request, "GET")
    return 200, content.approvals(content.find(sid))


@api
def ask_approval(request: HttpRequest, sid: str) -> tuple[int, dict[str, Any] | None]:
    """Ask WhatsApp's approval of a template."""
    _only(request, "POST")
    return 201, content.ask_approval(content.find(sid), _json(request))


def _only(request: HttpRequest, method: str) -> None:
    if request.method != method:
        raise Refused(20004, "Method not allowed", status=405)


def _form(request: HttpRequest) -> QueryDict:
    if request.content_type != "application/x-www-form-urlencoded":
        raise Refused(20001, "The body must be form-encoded.")
    return request.POST


def _once(given: QueryDict) -> dict[str, str]:
    """Return the parameters, each of which may be given once."""
    for name, values in given.lists():
        if len(values) != 1:
            raise Refused(20001, f"{name} was given {len(values)} times.")
    return {name: str(value) for name, value in given.items()}


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        given = json.loads(request.body)
    except ValueError as error:
        raise Refused(20001, "The body must be JSON.") from error
    if not isinstance(given, dict):
        raise Refused(20001, "The body must be a JSON object.")
    return given
