"""The environment that the clinic and its sandbox run in on a laptop and in the tests."""

import json
import secrets
import shutil
from pathlib import Path

from sandbox.places import CannotStart

# One WhatsApp template each; the sandbox knows them by these.
CONTENT_SIDS = {
    "TWILIO_CONTENT_CONFIRMATION": "HX11a7c0de5a9b4e0c8f2d6b3e71c4a001",
    "TWILIO_CONTENT_CONFIRM_QUESTION": "HX11a7c0de5a9b4e0c8f2d6b3e71c4a002",
    "TWILIO_CONTENT_REMINDER": "HX11a7c0de5a9b4e0c8f2d6b3e71c4a003",
    "TWILIO_CONTENT_PAY_LINK": "HX11a7c0de5a9b4e0c8f2d6b3e71c4a004",
    "TWILIO_CONTENT_OFFER": "HX11a7c0de5a9b4e0c8f2d6b3e71c4a005",
    "TWILIO_CONTENT_CUE": "HX11a7c0de5a9b4e0c8f2d6b3e71c4a006",
}
FILE_BROKER = "filesystem://localhost"


def environment(
    *,
    web_port: int,
    sandbox_port: int,
    smtp_port: int,
    data: Path,
    database_url: str,
    broker_url: str,
) -> dict[str, str]:
    """Return every setting that the clinic and the sandbox need to find each other.

    The secrets are made up once and kept in the data folder, so that sessions and signatures
    stay good over a restart.
    """
    sandbox_url = f"http://127.0.0.1:{sandbox_port}"
    return {
        **_secrets(data),
        **CONTENT_SIDS,
        "DEBUG": "false",
        "MANIFEST_STATIC": "false",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{web_port}",
        "DATABASE_URL": database_url,
        "CELERY_BROKER_URL": broker_url,
        "CELERY_FOLDER": str(data / "broker"),
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        "SMS_TWO_WAY": "true",
        "STRIPE_API_BASE": sandbox_url,
        "TWILIO_API_BASE": sandbox_url,
        "SANDBOX": "true",
        # Pages are to look and fail as they would in earnest, so DEBUG stays off.
        "SANDBOX_WITHOUT_DEBUG": "true",
        "SANDBOX_URL": sandbox_url,
        "SANDBOX_PORT": str(sandbox_port),
        "SANDBOX_SMTP_PORT": str(smtp_port),
        "SANDBOX_DATABASE": str(data / "sandbox.sqlite3"),
        "SANDBOX_CLOCK_FILE": str(data / "clock"),
    }


def empty_broker(folder: Path) -> None:
    """Make the folders of the filesystem broker, empty: a waiting task is the next tick's work."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("messages", "control"):
        (folder / part).mkdir(parents=True)


def read_file(path: Path) -> dict[str, str]:
    """Return the settings in a `.env` file that have a value; nothing when there is no file.

    :raises CannotStart: if a line is no setting
    """
    if not path.exists():
        return {}
    found = {}
    for number, line in enumerate(_text(path).splitlines(), start=1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        name, equals, value = bare.removeprefix("export ").partition("=")
        if not equals or not name.strip().isidentifier():
            raise CannotStart(f"{path.name}, line {number}: “{bare}” is no NAME=value.")
        found[name.strip()] = _unquoted(value.strip())
    return {name: value for name, value in found.items() if value}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"{path.name} cannot be read: {error}.") from error


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def _secrets(data: Path) -> dict[str, str]:
    path = data / "secrets.json"
    try:
        kept = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        kept = _made_up()
        _write_private(path, json.dumps(kept, indent=1))
    return {str(name): str(value) for name, value in kept.items()}


def _made_up() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "STRIPE_API_KEY": f"sk_test_sandbox_{secrets.token_hex(16)}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_sandbox_{secrets.token_hex(16)}",
        "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_MESSAGING_SERVICE_SID": f"MG{secrets.token_hex(16)}",
    }


def _write_private(path: Path, text: str) -> None:
    """Write the file whole or not at all, for our own eyes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".new")
    half.touch(mode=0o600)
    half.write_text(text)
    half.replace(path)
