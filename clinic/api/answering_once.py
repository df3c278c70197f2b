"""One answer to one request, however often it is sent."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from bookings import operations as bookings
from bookings.models import BookingRequest
from clinic.api.problems import Problem


def once(
    key: str | None, asked: str, act: Callable[[], HttpResponse], *, now: datetime
) -> HttpResponse:
    """Do what is asked, or give the answer it had before under the same key.

    The deed and the key are in one transaction, the key last: should it be there already, from
    an earlier request or from one that was quicker, the deed is undone and its answer is the
    answer. A refusal leaves nothing behind, so that the same key may try again.

    :raises Problem: if the key was used for something else
    """
    if not key:
        with transaction.atomic():
            return act()
    fingerprint = hashlib.sha256(asked.encode()).hexdigest()
    try:
        with transaction.atomic():
            answer = act()
            bookings.keep_answer(
                key,
                fingerprint=fingerprint,
                status_code=answer.status_code,
                answer=answer.content.decode(),
                now=now,
            )
            return answer
    except Exception:
        known = BookingRequest.objects.filter(key=key).first()
        if known is None:
            raise
        return _again(known, fingerprint)


def _again(known: BookingRequest, fingerprint: str) -> HttpResponse:
    if known.fingerprint != fingerprint:
        detail = _("This Idempotency-Key was used for another request. Make a new one.")
        raise Problem(422, "key_used", detail)
    return HttpResponse(
        known.answer,
        content_type="application/json",
        status=known.status_code,
        headers={"Idempotency-Replayed": "true"},
    )
