"""What `python -m sandbox serve` runs: the API, the pages, the mailbox, the background work."""

import os
from typing import Any

import django
from django.core.management import call_command
from django.db import connection
from django.utils.module_loading import import_string
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.util import import_app  # type: ignore[import-untyped]


class Sandbox(BaseApplication):  # type: ignore[misc]
    """A gunicorn of one process and many threads, because there is one SQLite file."""

    def load_config(self) -> None:
        """Set what gunicorn needs to know."""
        settings: dict[str, Any] = {
            "bind": f"127.0.0.1:{os.environ['SANDBOX_PORT']}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": 16,
            "graceful_timeout": 2,
            "keepalive": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": _start_threads,
            "worker_exit": _stop_threads,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the WSGI application."""
        return import_app("sandbox.wsgi:application")


def main() -> None:
    """Bring the database up to date and serve until told to stop."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "sandbox.settings"
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    import_string("sandbox.background.prepare")()
    connection.close()  # the worker is a fork, and SQLite does not survive that
    Sandbox().run()


def _start_threads(worker: Any) -> None:
    """Start the mailbox and the background work, in the worker and not before the fork."""
    worker.background = import_string("sandbox.background.Background")()
    worker.background.start(smtp_port=int(os.environ["SANDBOX_SMTP_PORT"]))


def _stop_threads(_arbiter: Any, worker: Any) -> None:
    if hasattr(worker, "background"):
        worker.background.stop()
