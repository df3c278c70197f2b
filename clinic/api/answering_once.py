"""One answer to one request, however often it is sent."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from bookings import operations as bookings
from clinic.api.problems import Problem


@transaction.atomic
def once(
    key: str | None, asked: str, act: Callable[[], HttpResponse], *, now: datetime
) -> HttpResponse:
    """Do what is asked, or give the answer it had before under the same key.

    The key and the deed are in one transaction: a refusal leaves nothing behind, so that the
    same key may try again, and a second request waits until the first one is through.

    :raises Problem: if the key was used for something else
    """
    if not key:
        return act()
    fingerprint = hashlib.sha256(asked.encode()).hexdigest()
    known = bookings.claim_request(key, fingerprint=fingerprint, now=now)
    if known is None:
        answer = act()
        said = answer.content.decode()
        bookings.keep_answer(key, status_code=answer.status_code, answer=said)
        return answer
    if known.fingerprint != fingerprint:
        detail = _("This Idempotency-Key was used for another request. Make a new one.")
        raise Problem(422, "key_used", detail)
    return HttpResponse(
        known.answer,
        content_type="application/json",
        status=known.status_code,
        headers={"Idempotency-Replayed": "true"},
    )
