"""The faults that concern a request and its answer, the same for both vendors."""

import socket
import time

from django.http import HttpRequest, HttpResponse

from sandbox import faults


def before_work(request: HttpRequest, path: str) -> int | None:
    """Wait when asked to, and return the status of a refusal that was asked for."""
    if not faults.any_waiting():
        return None
    method = str(request.method)
    if slow := faults.take("slow", path=path, method=method):
        time.sleep(slow.seconds or 3)
    for status in (429, 409, 500):
        if faults.take(f"error_{status}", path=path, method=method):
            return status
    return None


def after_work(request: HttpRequest, path: str, response: HttpResponse) -> HttpResponse:
    """Lose or spoil the answer when asked to; the work has been done."""
    if not faults.any_waiting():
        return response
    method = str(request.method)
    if faults.take("lost_answer", path=path, method=method):
        _hang_up(request)
    if faults.take("error_500_after_work", path=path, method=method):
        body = '{"error": {"message": "An unknown error occurred", "type": "api_error"}}'
        return HttpResponse(body, status=500, content_type="application/json")
    return response


def _hang_up(request: HttpRequest) -> None:
    """Close the connection under the server, so that its answer goes nowhere."""
    connection = request.META.get("gunicorn.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
