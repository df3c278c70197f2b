"""Refusals in the shape of Stripe's error bodies."""

from typing import Any

DOCS = "https://stripe.com/docs/error-codes/"


class Refused(Exception):
    """A request that Stripe would refuse; nothing is kept of its work."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        before_work: bool = False,
    ) -> None:
        """`before_work` refusals are not stored under an idempotency key."""
        super().__init__(message)
        self.status = status
        self.before_work = before_work
        self.body = error_body(message, kind=kind, code=code, param=param)


def error_body(
    message: str, *, kind: str, code: str = "", param: str = "", **more: Any
) -> dict[str, Any]:
    """Return the error as the API writes it."""
    error: dict[str, Any] = {"message": message, "type": kind, **more}
    if code:
        error |= {"code": code, "doc_url": DOCS + code.replace("_", "-")}
    if param:
        error["param"] = param
    return {"error": error}


def missing(noun: str, key: str, *, param: str = "id") -> Refused:
    """Return the refusal for an object that does not exist."""
    return Refused(
        f"No such {noun}: '{key}'",
        status=404 if param in ("id", "intent", "payment_method_id") else 400,
        code="resource_missing",
        param=param,
        before_work=True,
    )


def wrong(message: str, param: str, code: str = "") -> Refused:
    """Return the refusal of a parameter, given before any work is done."""
    return Refused(message, param=param, code=code, before_work=True)
