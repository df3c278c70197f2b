"""`make run`'s supervisor, on a clinic of a few lines: starts all, stops all, however it ends."""

import http.client
import re
import signal
import socket
import subprocess
import textwrap
import time
from collections.abc import Callable, Iterator

import pytest

from tests.tooling.checkouts import Checkout

FILES = {
    "manage.py": """
        import os, sys
        from django.core.management import execute_from_command_line
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
        execute_from_command_line(sys.argv)
    """,
    "clinic/__init__.py": "",
    # In the place of Celery, whose kind way of stopping takes its time: a process with a child.
    "celery/__init__.py": "",
    "celery/__main__.py": """
        import subprocess, sys
        subprocess.run([sys.executable, "-c", "import time; time.sleep(600)"])
    """,
    "clinic/wsgi.py": """
        import os
        from django.core.wsgi import get_wsgi_application
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
        application = get_wsgi_application()
    """,
    "clinic/settings.py": """
        import os
        import environ
        env = environ.Env()
        SECRET_KEY = env("SECRET_KEY")
        ALLOWED_HOSTS = ["127.0.0.1"]
        INSTALLED_APPS = ["django.contrib.contenttypes", "clinic"]
        ROOT_URLCONF = "clinic.urls"
        DATABASES = {"default": env.db_url("DATABASE_URL")}
    """,
    "clinic/urls.py": """
        from django.db import connection
        from django.http import HttpResponse
        from django.urls import path
        def healthz(request):
            connection.ensure_connection()
            return HttpResponse("well")
        urlpatterns = [path("healthz", healthz)]
    """,
    "clinic/management/__init__.py": "",
    "clinic/management/commands/__init__.py": "",
    "clinic/management/commands/demo.py": """
        from django.core.management.base import BaseCommand
        class Command(BaseCommand):
            def handle(self, **options):
                self.stdout.write("The demo clinic is there.")
    """,
    "sandbox/serve.py": """
        import os
        from http.server import HTTPServer, SimpleHTTPRequestHandler
        def main():
            address = ("127.0.0.1", int(os.environ["SANDBOX_PORT"]))
            HTTPServer(address, SimpleHTTPRequestHandler).serve_forever()
    """,
}


class Running:
    """A supervisor at work, and what it says."""

    def __init__(self, checkout: Checkout, *, port: int) -> None:
        self.output = checkout.path / "output"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                checkout.command("run"),
                cwd=checkout.path,
                env={**checkout.environment(), "PORT": str(port)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_until(lambda: "Ctrl-C stops everything" in self.said() or self.process.poll())

    def said(self) -> str:
        return self.output.read_text()

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=40)


def wait_until(ready: Callable[[], object], *, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def small_clinic(checkout: Checkout) -> Iterator[Checkout]:
    for name, text in FILES.items():
        path = checkout.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    yield checkout
    wait_until(lambda: not checkout.processes())


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_it_starts_beside_a_taken_port_and_ctrl_c_leaves_nothing(
    small_clinic: Checkout, taken_port: int
) -> None:
    running = Running(small_clinic, port=taken_port)

    said = running.said()
    address = re.search(r"Booking +http://127\.0\.0\.1:(\d+)/", said)
    assert f"Port {taken_port} is taken; the clinic uses" in said
    assert "The demo clinic is there." in said
    assert address, said
    assert page(int(address[1]), "/healthz") == "well"
    second = small_clinic.run("run")
    assert "already runs from this folder" in second.stderr
    assert second.returncode == 1

    assert running.end(signal.SIGINT) == 0
    assert "Everything has stopped." in running.said()
    assert small_clinic.processes() == []


def test_a_killed_supervisor_leaves_nothing_either(small_clinic: Checkout) -> None:
    running = Running(small_clinic, port=18000)

    running.end(signal.SIGKILL)

    wait_until(lambda: not small_clinic.processes())


def test_a_broken_clinic_is_told_without_a_traceback(small_clinic: Checkout) -> None:
    settings = small_clinic.path / "clinic" / "settings.py"
    settings.write_text(settings.read_text() + 'env("NOT_THERE")\n')

    answer = small_clinic.run("run")

    assert answer.returncode == 1
    assert "The clinic cannot start: Set the NOT_THERE environment variable" in answer.stderr
    assert "Traceback" not in answer.stdout + answer.stderr
    assert small_clinic.processes() == []


def page(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    text = connection.getresponse().read().decode()
    connection.close()
    return text
