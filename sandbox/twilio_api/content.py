"""WhatsApp templates: those that are approved from the start, and new ones."""

import json
import re
import secrets
from typing import Any

from django.conf import settings

from sandbox import clock
from sandbox.models import Content
from sandbox.twilio_api.refusal import Refused

VARIABLE = re.compile(r"\{\{(\d+)\}\}")
TEMPLATES: dict[str, tuple[str, list[dict[str, str]]]] = {
    "confirmation": (
        "Hoi {{1}}, je afspraak bij {{2}} staat vast: {{3}}. Jouw plan: {{4}} "
        "Bekijk, verzet of annuleer: {{5}} Tot dan.",
        [],
    ),
    "confirm_question": (
        "Hoi {{1}}, kom je {{2}} naar {{3}}? {{4}} Antwoord JA of kijk op {{5}} Tot gauw.",
        [
            {"type": "QUICK_REPLY", "title": "JA", "id": "confirm:{{6}}"},
            {"type": "QUICK_REPLY", "title": "Verzetten", "id": "change:{{6}}"},
        ],
    ),
    "reminder": (
        "Hoi {{1}}, we hebben tijd voor je gereserveerd, tot {{2}}. {{3}} "
        "Alles over je afspraak: {{4}} Tot dan.",
        [],
    ),
    "pay_link": (
        "Hoi {{1}}, {{2}} Betalen kan hier: {{3}} Vragen? Bel ons gerust.",
        [],
    ),
    "offer": (
        "Hoi {{1}}, bij {{2}} is een tijd vrij: {{3}}. We houden hem vast tot {{4}}. "
        "Ja of nee zeggen kan hier: {{5}} Tot gauw.",
        [],
    ),
    "cue": (
        "Hoi {{1}}, het is {{2}}. Jouw plan: dan {{3}}. Alles over je afspraak: {{4}} Tot zo.",
        [],
    ),
}
KINDS = ("twilio/text", "twilio/quick-reply")


def put_in_place() -> None:
    """Make sure the clinic's own templates exist and are approved."""
    for name, (body, buttons) in TEMPLATES.items():
        kind = "twilio/quick-reply" if buttons else "twilio/text"
        types = {kind: {"body": body, **({"actions": buttons} if buttons else {})}}
        Content.objects.update_or_create(
            sid=settings.TWILIO_CONTENT[name],
            defaults={"name": name, "types": types, "variables": _examples(types)},
            create_defaults={
                "name": name,
                "types": types,
                "variables": _examples(types),
                "approval": _approval(name, "UTILITY", kind, status="approved"),
                "created_at": clock.now(),
            },
        )


def rendered(sid: str, encoded: str) -> tuple[Content, dict[str, str], str, list[dict[str, str]]]:
    """Return the template, the variables, and the body and buttons with them filled in.

    :raises Refused: if there is no such template, or the variables do not fit it
    """
    content = Content.objects.filter(sid=sid).first()
    if content is None:
        raise Refused(21655)
    variables = _variables(encoded)
    spec = next(iter(content.types.values()))
    needed = set(VARIABLE.findall(json.dumps(spec)))
    if needed != set(variables):
        raise Refused(21656, f"The template takes the variables {sorted(needed, key=int)}.")
    buttons = [
        {name: _fill(words, variables) for name, words in button.items()}
        for button in spec.get("actions", [])
    ]
    return content, variables, _fill(spec["body"], variables), buttons


def _variables(encoded: str) -> dict[str, str]:
    try:
        variables = json.loads(encoded or "{}")
    except ValueError as error:
        raise Refused(21656, "Content Variables is not valid JSON.") from error
    if not isinstance(variables, dict):
        raise Refused(21656, "Content Variables is not a JSON object.")
    for value in variables.values():
        if not isinstance(value, str) or not value.strip():
            raise Refused(21656, "Content Variables must be non-empty strings.")
        if re.search(r"[\n\r\t]| {4,}", value):
            raise Refused(21656, "Content Variables take no newline, tab or run of spaces.")
    return variables


def _fill(words: str, variables: dict[str, str]) -> str:
    return VARIABLE.sub(lambda found: variables[found[1]], words)


def create(given: dict[str, Any]) -> dict[str, Any]:
    """Keep a new template, not yet approved."""
    unknown = set(given) - {"friendly_name", "language", "variables", "types"}
    if unknown:
        raise Refused(20001, f"Unknown parameter: {sorted(unknown)[0]}")
    types = given.get("types")
    if not isinstance(types, dict) or len(types) != 1 or next(iter(types)) not in KINDS:
        raise Refused(20001, f"The sandbox keeps templates of one type: {' or '.join(KINDS)}.")
    if not isinstance(given.get("language"), str):
        raise Refused(20001, "language is required.")
    if not str(next(iter(types.values())).get("body", "")).strip():
        raise Refused(20001, "body is required.")
    content = Content.objects.create(
        sid="HX" + secrets.token_hex(16),
        name=given.get("friendly_name", ""),
        language=given["language"],
        variables=given.get("variables", {}),
        types=types,
        created_at=clock.now(),
    )
    return shown(content)


def find(sid: str) -> Content:
    """Return the template.

    :raises Refused: if there is none
    """
    content = Content.objects.filter(sid=sid).first()
    if content is None:
        raise Refused(20404, f"The requested resource /Content/{sid} was not found", status=404)
    return content


def listing(params: dict[str, str], base: str) -> dict[str, Any]:
    """List the templates, a page at a time."""
    size, page = int(params.get("PageSize", 50)), int(params.get("Page", 0))
    found = list(Content.objects.order_by("pk")[page * size : (page + 1) * size + 1])
    url = f"{base}/v1/Content?PageSize={size}&Page="
    return {
        "contents": [shown(content) for content in found[:size]],
        "meta": {
            "page": page,
            "page_size": size,
            "first_page_url": f"{url}0",
            "previous_page_url": f"{url}{page - 1}" if page else None,
            "next_page_url": f"{url}{page + 1}" if len(found) > size else None,
            "url": f"{url}{page}",
            "key": "contents",
        },
    }


def ask_approval(content: Content, given: dict[str, Any]) -> dict[str, Any]:
    """Approve a template for WhatsApp at once, if it keeps to Meta's rules."""
    unknown = set(given) - {"name", "category", "allow_category_change"}
    if unknown:
        raise Refused(20001, f"Unknown parameter: {sorted(unknown)[0]}")
    name, category = str(given.get("name", "")), given.get("category")
    if not re.fullmatch(r"[a-z0-9_]{1,512}", name):
        raise Refused(20001, "name takes lowercase letters, digits and underscores.")
    if category not in ("UTILITY", "MARKETING", "AUTHENTICATION"):
        raise Refused(20001, "category must be UTILITY, MARKETING or AUTHENTICATION.")
    kind, spec = next(iter(content.types.items()))
    edges = re.search(r"^\s*\{\{\d+\}\}|\{\{\d+\}\}\s*$", spec["body"])
    content.approval = _approval(name, category, kind, status="rejected" if edges else "approved")
    if edges:
        content.approval["rejection_reason"] = "Variables can't be at the start or end."
    content.save(update_fields=["approval"])
    return dict(content.approval)


def shown(content: Content) -> dict[str, Any]:
    """Return a template as the API writes it."""
    url = f"{settings.SANDBOX_URL}/v1/Content/{content.sid}"
    moment = content.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "sid": content.sid,
        "account_sid": settings.TWILIO_ACCOUNT_SID,
        "friendly_name": content.name,
        "language": content.language,
        "variables": content.variables,
        "types": content.types,
        "date_created": moment,
        "date_updated": moment,
        "url": url,
        "links": {
            "approval_create": f"{url}/ApprovalRequests/whatsapp",
            "approval_fetch": f"{url}/ApprovalRequests",
        },
    }


def approvals(content: Content) -> dict[str, Any]:
    """Return how far the approval of a template is."""
    unasked = {"status": "unsubmitted", "name": "", "category": "", "rejection_reason": ""}
    return {
        "sid": content.sid,
        "account_sid": settings.TWILIO_ACCOUNT_SID,
        "whatsapp": content.approval or unasked,
        "url": f"{settings.SANDBOX_URL}/v1/Content/{content.sid}/ApprovalRequests",
    }


def _approval(name: str, category: str, kind: str, *, status: str) -> dict[str, Any]:
    return {
        "type": "whatsapp",
        "name": name,
        "category": category,
        "content_type": kind,
        "status": status,
        "rejection_reason": "",
        "allow_category_change": False,
    }


def _examples(types: dict[str, Any]) -> dict[str, str]:
    found = VARIABLE.findall(json.dumps(types))
    return {number: f"voorbeeld {number}" for number in sorted(set(found), key=int)}
