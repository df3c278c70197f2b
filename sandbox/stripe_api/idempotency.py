"""Idempotency keys: one piece of work each, however often it is asked for."""

from django.db import IntegrityError, transaction
from django.db.models import F

from sandbox import clock
from sandbox.models import IdempotentAnswer
from sandbox.stripe_api.refusal import Refused

A_DAY = 86400


def begin(key: str, *, fingerprint: str, path: str, request_id: str) -> IdempotentAnswer | None:
    """Take the key for a piece of work; return the earlier answer when there is one.

    :raises Refused: if the key is in use, or was used for something else
    """
    prune()
    try:
        with transaction.atomic():
            IdempotentAnswer.objects.create(
                key=key,
                fingerprint=fingerprint,
                path=f"/v1/{path}",
                created=clock.epoch(),
                request_id=request_id,
            )
    except IntegrityError:
        return _earlier(key, fingerprint=fingerprint)
    return None


def _earlier(key: str, *, fingerprint: str) -> IdempotentAnswer:
    IdempotentAnswer.objects.filter(key=key).update(times=F("times") + 1)
    earlier = IdempotentAnswer.objects.filter(key=key).first()
    if earlier is None or earlier.status is None:
        raise Refused(
            "There is currently another in-progress request using this Stripe account with this "
            f"idempotent key ({key}); a conflicting request is still being processed. Please try "
            "again later.",
            status=409,
            kind="idempotency_error",
            code="idempotency_key_in_use",
        )
    if earlier.fingerprint != fingerprint:
        raise Refused(
            "Keys for idempotent requests can only be used with the same parameters they were "
            f"first used with. Try using a key other than '{key}' if you meant to execute a "
            "different request.",
            kind="idempotency_error",
        )
    return earlier


def finish(key: str, *, status: int, body: str) -> None:
    """Keep the answer for whoever asks again."""
    IdempotentAnswer.objects.filter(key=key).update(status=status, body=body)


def forget(key: str) -> None:
    """Give the key back: nothing was done under it."""
    IdempotentAnswer.objects.filter(key=key, status=None).delete()


def forget_unfinished() -> None:
    """Give back the keys of work that a stopped process left behind."""
    IdempotentAnswer.objects.filter(status=None).delete()


def prune() -> None:
    """Forget the answers that are a day old by the clock."""
    IdempotentAnswer.objects.filter(created__lte=clock.epoch() - A_DAY).delete()
