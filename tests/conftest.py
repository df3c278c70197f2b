"""What every test may use."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker, Settings

from bookings.models import Treatment
from tests.factories import a_clinic
from tests.sandboxed import Running, running_sandbox

# The browser's driver leaves an event loop running in this thread; Django would refuse to talk
# to the database beside it, though nothing here is asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# Random tests are short by themselves and thorough when asked: `HYPOTHESIS=deep make test`.
hypothesis_settings.register_profile("usual", max_examples=50, deadline=None)
hypothesis_settings.register_profile("deep", max_examples=2000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS", "usual"))


#: What takes minutes: these begin, or one process would do the last of them alone.
LONG = ("end_to_end", "browser", "tests/test_", "story", "process_races", "demo", "slots_are_true")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the modules that take long first; the others stay in the order they were shuffled to."""
    items.sort(key=lambda item: not any(part in item.nodeid for part in LONG))


@pytest.fixture(autouse=True)
def dutch() -> None:
    """Speak the clinic's language: a request in an earlier test may have left another one on."""
    translation.activate("nl")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hash passwords quickly: who logs in here has nothing to hide."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Make the database as always, and let nobody keep it open at the end.

    The browser's driver runs what it calls in a context of its own, and so with a connection to
    the database that nobody else can close.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def treatment(db: None) -> Treatment:
    """A treatment without a deposit, one practitioner and one room to give it."""
    return a_clinic()


@pytest.fixture
def committed(db: None) -> Iterator[None]:
    """Rows that other connections see; what migrations made stays."""
    inside_a_transaction = connections["default"]
    connections["default"] = inside_a_transaction.copy()
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "truncate bookings_clinic, bookings_client, bookings_treatment,"
                " bookings_resource, bookings_timeoff, bookings_user, reminders_experiment cascade"
            )
        connection.close()
        connections["default"] = inside_a_transaction


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The sandbox, running for the whole session."""
    with running_sandbox(tmp_path_factory.mktemp("sandboxed")) as running:
        yield running


@pytest.fixture
def world(sandbox_process: Running, settings: Settings) -> Running:
    """The sandbox as it is when nothing has happened yet, with the clinic pointed at it."""
    sandbox_process.post("/control/reset")
    values = sandbox_process.settings
    for name in (
        "STRIPE_API_KEY",
        "STRIPE_WEBHOOK_SECRET",
        "STRIPE_API_BASE",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_API_BASE",
        "TWILIO_MESSAGING_SERVICE_SID",
        "PUBLIC_BASE_URL",
        "SANDBOX_CLOCK_FILE",
    ):
        setattr(settings, name, values[name])
    settings.TWILIO_CONTENT = {
        key: values[f"TWILIO_CONTENT_{key.upper()}"]
        for key in ("confirmation", "confirm_question", "reminder", "pay_link", "offer")
    }
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(values["SMTP"])
    settings.EMAIL_USE_TLS = False
    return sandbox_process
