"""The sandbox as a real process, a small server that plays the clinic, and the real SDKs."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import stripe
from twilio.rest import Client

from tests.sandbox.sandbox_world import (
    ACCOUNT,
    CHECKOUT,
    CONTENT,
    SERVICE,
    STRIPE_KEY,
    STRIPE_SECRET,
    TOKEN,
    Call,
    Clinic,
    LocalHttpClient,
    Sandbox,
    eventually,
)


@pytest.fixture(scope="session")
def clinic() -> Iterator[Clinic]:
    """Run the server that plays the clinic."""
    played = Clinic()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, json.dumps(played.next_due).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            played.calls.append(Call(self.path, dict(self.headers), body, time.time()))
            self._answer(played.statuses.pop(0) if played.statuses else 200, b"<Response/>")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    played.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield played
    server.shutdown()
    thread.join()
    server.server_close()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@pytest.fixture(scope="session")
def _running(clinic: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox")
    port, smtp_port = _free_ports(2)
    found = Sandbox(f"http://127.0.0.1:{port}", smtp_port, folder / "clock")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(CHECKOUT),
        "SANDBOX_DATABASE": str(folder / "sandbox.sqlite3"),
        "SANDBOX_PORT": str(port),
        "SANDBOX_SMTP_PORT": str(smtp_port),
        "SANDBOX_CLOCK_FILE": str(found.clock_file),
        "SANDBOX_URL": found.url,
        "PUBLIC_BASE_URL": clinic.url,
        "STRIPE_API_KEY": STRIPE_KEY,
        "STRIPE_WEBHOOK_SECRET": STRIPE_SECRET,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_MESSAGING_SERVICE_SID": SERVICE,
        "CLINIC_TIME_ZONE": "Europe/Amsterdam",
        **{f"TWILIO_CONTENT_{name}": sid for name, sid in CONTENT.items()},
    }
    process = subprocess.Popen(
        [sys.executable, "-c", "from sandbox.serve import main; main()"],
        cwd=folder,
        env=environment,
    )
    try:
        eventually(lambda: _is_up(found), within=20)
        yield found
    finally:
        process.terminate()
        # A clean stop is part of the promise, so a stubborn process is an error and not a kill.
        assert process.wait(timeout=15) == 0


def _is_up(found: Sandbox) -> bool:
    try:
        socket.create_connection(("127.0.0.1", found.smtp_port), timeout=1).close()
        return requests.get(found.url + "/healthz", timeout=2).ok
    except OSError:
        return False


@pytest.fixture
def sandbox(_running: Sandbox, clinic: Clinic) -> Sandbox:
    """Give the sandbox as it is when nothing has happened yet."""
    _running.post("/control/reset")
    clinic.statuses.clear()
    clinic.calls.clear()
    return _running


@pytest.fixture
def bank(sandbox: Sandbox) -> stripe.StripeClient:
    """Give Stripe's real client, pointed at the sandbox."""
    return stripe.StripeClient(
        STRIPE_KEY, base_addresses={"api": sandbox.url}, max_network_retries=2
    )


@pytest.fixture
def twilio(sandbox: Sandbox) -> Client:
    """Give Twilio's real client, pointed at the sandbox."""
    return Client(ACCOUNT, TOKEN, http_client=LocalHttpClient(sandbox.url))
