"""Errors as problem+json (RFC 9457): a short code for programs, and a sentence for people."""

import json
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, Throttled, ValidationError
from pydantic import ConfigDict

CONTENT_TYPE = "application/problem+json"


class ProblemOut(Schema):
    """Why something could not be done: `code` for programs, `detail` for people."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str


class Problem(Exception):
    """A request that cannot be granted, with what the caller may want to know more."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.more = status, code, detail, more

    def response(self) -> HttpResponse:
        """Return the answer that says so."""
        retry_after = self.more.pop("retry_after", None)
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.more,
        }
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return HttpResponse(
            json.dumps(body), content_type=CONTENT_TYPE, status=self.status, headers=headers
        )


def not_found(what: str) -> Problem:
    """Return the problem of something that does not exist."""
    return Problem(404, "not_found", _("There is no such thing: %(what)s.") % {"what": what})


def tell_problems(api: NinjaAPI) -> None:
    """Have every error of the API answered as a problem."""
    answers: dict[type[Exception], Callable[[Any], Problem]] = {
        Problem: lambda problem: problem,
        ValidationError: _invalid,
        Throttled: _throttled,
        HttpError: lambda error: Problem(error.status_code, "refused", str(error)),
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, partial(_respond, answer))


def _respond(answer: Callable[[Any], Problem], request: HttpRequest, error: Any) -> HttpResponse:
    return answer(error).response()


def _invalid(error: ValidationError) -> Problem:
    wrong = [
        {"where": ".".join(str(part) for part in one["loc"]), "message": one["msg"]}
        for one in error.errors[:20]
    ]
    return Problem(
        422, "invalid", _("Some of this cannot be read. Look at the errors."), errors=wrong
    )


def _throttled(error: Throttled) -> Problem:
    detail = _("That is more than we can answer at once. Try again in a while.")
    return Problem(429, "too_many_requests", detail, retry_after=max(int(error.wait or 1), 1))
