"""WhatsApp's approval of our templates: asked for, kept, and looked at before one is sent."""

import logging
from datetime import datetime

from django.conf import settings

from reminders import twilio_gateway
from reminders.models import TemplateApproval

log = logging.getLogger(__name__)
APPROVED, MISSING = "approved", "missing"


def check_templates(*, now: datetime) -> int:
    """Ask how far the approval of each template is; return how many are not approved."""
    for wording, content_sid in settings.TWILIO_CONTENT.items():
        if content_sid:
            _check(wording, content_sid, now=now)
    return len(not_approved())


def _check(wording: str, content_sid: str, *, now: datetime) -> None:
    try:
        approval = twilio_gateway.approval_of(content_sid)
    except twilio_gateway.Refused:
        approval = twilio_gateway.Approval(MISSING, "")
    except (twilio_gateway.Unavailable, twilio_gateway.OutcomeUnknown) as error:
        log.warning("cannot ask about the template for %s: %s", wording, error)
        return  # what was said last still holds
    TemplateApproval.objects.update_or_create(
        wording=wording,
        defaults={
            "content_sid": content_sid,
            "status": approval.status[:20],
            "reason": approval.reason[:300],
            "checked_at": now,
        },
    )


def not_approved() -> set[str]:
    """Return the texts whose template WhatsApp does not pass on; one never asked about may go."""
    return {
        one.wording
        for one in TemplateApproval.objects.exclude(status=APPROVED)
        if settings.TWILIO_CONTENT.get(one.wording) == one.content_sid
    }
