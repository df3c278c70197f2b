"""Requests over HTTP to this machine alone: one after another, or many at once.

Every run is bounded in count and in time and ends by itself. Client and server share the same
cores, so the client is kept light: ready-made bytes over plain sockets.
"""

import asyncio
import contextlib
import http.client
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

HOST = "127.0.0.1"
WARM_UP = 3
TIMEOUT = 120  # seconds that one answer may take


class Unexpected(Exception):
    """A server answered with something that cannot be measured."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the server on a port."""

    port: int
    path: str
    method: str = "GET"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_bytes(self) -> bytes:
        """Return the request as it goes over the wire on a connection of its own."""
        lines = {
            "Host": f"{HOST}:{self.port}",
            "Connection": "close",
            "Content-Length": str(len(self.body)),
            **self.headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{head}\r\n".encode() + self.body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status 0 when nothing did."""

    status: int
    body: bytes

    def __str__(self) -> str:
        """Return the status, and what a program would have read of the reason."""
        reason = self.body.decode(errors="replace") if self.body[:1] == b"{" else ""
        return f"{self.status} {reason[:200]}".rstrip()


@dataclass(frozen=True, slots=True)
class Burst:
    """All answers to many requests at once, and the seconds from the first byte to the last."""

    answers: Sequence[Answer]
    seconds: float

    def count(self, status: int) -> int:
        return sum(answer.status == status for answer in self.answers)

    @property
    def errors(self) -> int:
        """The requests that got no answer, or one that says the server failed."""
        return sum(not 0 < answer.status < 500 for answer in self.answers)


def fetch(request: Request) -> Answer:
    """Ask once.

    :raises Unexpected: if the answer is anything but 200
    """
    with _Line(request) as line:
        return line.ask()


def turns(requests: Sequence[Request], *, rounds: int, seconds: float) -> list[list[float]]:
    """Ask each in turn over kept connections, and return the milliseconds of each, by round.

    Taking turns lets whatever else the machine does fall on all of them alike. No round begins
    after the time is up. The first rounds warm up and count only when there were no others.

    :raises Unexpected: if an answer is anything but 200
    """
    times: list[list[float]] = [[] for _ in requests]
    deadline = time.monotonic() + seconds
    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(_Line(request)) for request in requests]
        for number in range(WARM_UP + rounds):
            if number and time.monotonic() > deadline:
                break
            for line, taken in zip(lines, times, strict=True):
                begin = time.perf_counter()
                line.ask()
                taken.append((time.perf_counter() - begin) * 1000)
    return [taken[WARM_UP:] or taken for taken in times]


def burst(requests: Sequence[Request], *, seconds: float = TIMEOUT) -> Burst:
    """Send all at once, each on a connection of its own, and wait for the answers."""
    return asyncio.run(
        _burst([(request.port, request.as_bytes()) for request in requests], seconds)
    )


class _Line:
    """One kept connection for one request, opened again when the server let it go."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._connection = http.client.HTTPConnection(HOST, request.port, timeout=TIMEOUT)

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self) -> Answer:
        try:
            answer = self._once()
        except (http.client.HTTPException, OSError):  # let go while the others had their turn
            answer = self._again()
        if answer.status != 200:
            raise Unexpected(f"{self._request.path.partition('?')[0]} answered {answer}")
        return answer

    def _again(self) -> Answer:
        self._connection.close()
        try:
            return self._once()
        except (http.client.HTTPException, OSError) as error:
            raise Unexpected(f"{self._request.path.partition('?')[0]}: {error!r}") from error

    def _once(self) -> Answer:
        asked = self._request
        self._connection.request(asked.method, asked.path, asked.body, dict(asked.headers))
        response = self._connection.getresponse()
        return Answer(response.status, response.read())


async def _burst(wires: Sequence[tuple[int, bytes]], seconds: float) -> Burst:
    gate = asyncio.Event()
    tasks = [asyncio.create_task(_exchange(gate, port, wire, seconds)) for port, wire in wires]
    await asyncio.sleep(0)  # let every task come to the gate
    begin = time.perf_counter()
    gate.set()
    answers = await asyncio.gather(*tasks)
    return Burst(answers, time.perf_counter() - begin)


async def _exchange(gate: asyncio.Event, port: int, wire: bytes, seconds: float) -> Answer:
    await gate.wait()
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(wire)
            text = await reader.read()
            writer.close()
    except (OSError, TimeoutError):
        return Answer(0, b"")
    head, _, body = text.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    return Answer(int(status[0]) if status else 0, body)
