"""The settings: documented, private, and refused in words when they cannot be right."""

import re
import stat
from pathlib import Path

import pytest

from sandbox import given
from sandbox.environment import environment, read_file
from sandbox.places import CannotStart
from tests.tooling.checkouts import ROOT

# Read by the commands or by docker-compose.yml, and not by the clinic itself.
ONLY_FOR_COMMANDS = {"PORT", "CHROMIUM", "POSTGRES_PASSWORD"}
# Told to the sandbox's process by `make run`; nobody sets these.
BETWEEN_OUR_OWN = {"SANDBOX_PORT", "SANDBOX_SMTP_PORT", "SANDBOX_DATABASE"}


def settings_of(data: Path) -> dict[str, str]:
    return environment(
        web_port=8000,
        sandbox_port=8001,
        smtp_port=8025,
        data=data,
        database_url="postgres://kliniek@//tmp/x/kliniek",
        broker_url="filesystem://localhost",
    )


def read_by_the_clinic() -> set[str]:
    sources = [path.read_text() for path in sorted((ROOT / "clinic").rglob("*.py"))]
    return set(re.findall(r"""\benv(?:\.\w+)?\(\s*["']([A-Z_]+)["']""", "\n".join(sources)))


def test_every_setting_is_explained() -> None:
    example = (ROOT / ".env.example").read_text()

    explained = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))

    assert explained == read_by_the_clinic() | ONLY_FOR_COMMANDS


def test_the_example_changes_nothing() -> None:
    assert read_file(ROOT / ".env.example") == {}


def test_the_sandbox_sets_only_what_is_read(tmp_path: Path) -> None:
    assert set(settings_of(tmp_path)) - read_by_the_clinic() == BETWEEN_OUR_OWN


def test_secrets_stay_the_same_and_private(tmp_path: Path) -> None:
    first = settings_of(tmp_path)

    assert settings_of(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert settings_of(tmp_path / "other")["SECRET_KEY"] != first["SECRET_KEY"]


def test_a_file_is_read_as_people_write_it(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# note\n\nexport A=1\nB = 'two words'\nC=\nD=\"x=y#z\"\n")

    assert read_file(path) == {"A": "1", "B": "two words", "D": "x=y#z"}


def test_a_line_that_is_no_setting_is_named(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\nhallo daar\n")

    with pytest.raises(CannotStart, match="line 2: “hallo daar”"):
        read_file(path)


@pytest.mark.parametrize(
    ("case", "settings", "words"),
    [
        ("a port in letters", {"PORT": "acht"}, "PORT=acht is not a port"),
        ("a port too high", {"PORT": "70000"}, "PORT=70000 is not a port"),
        ("another database", {"DATABASE_URL": "mysql://x"}, "is not a PostgreSQL address"),
        (
            "a password in an address stays secret",
            {"DATABASE_URL": "mysql://a:geheim@host/x"},
            "DATABASE_URL=mysql://a:…@host/x ",
        ),
        ("no such broker", {"CELERY_BROKER_URL": "amqp://x"}, "is not a broker we know"),
        ("a broker that is not there", {"CELERY_BROKER_URL": "redis://127.0.0.1:1"}, "not answer"),
        ("a zone on Mars", {"CLINIC_TIME_ZONE": "Mars/Olympus"}, "is not a time zone"),
        ("a switch half on", {"DEBUG": "perhaps"}, "neither true nor false"),
        ("half the keys", {"STRIPE_API_KEY": "sk_live_1"}, "no TWILIO_ACCOUNT_SID"),
        ("no keys and no sandbox", {"SANDBOX": "false"}, "SANDBOX is off"),
    ],
)
def test_a_wrong_setting_is_told_in_words(case: str, settings: dict[str, str], words: str) -> None:
    with pytest.raises(CannotStart, match=re.escape(words)):
        given.check(settings)
