"""The settings a person gave, by `.env` or the shell, checked before anything is started."""

import os
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.environment import read_file
from sandbox.places import CHECKOUT, CannotStart
from sandbox.ports import answers

VENDOR_KEYS = ("STRIPE_API_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
SWITCHES = ("DEBUG", "SANDBOX", "SMS_TWO_WAY", "MANIFEST_STATIC")
ON = {"true", "yes", "on", "1", "y", "ok"}  # as django-environ reads them
OFF = {"false", "no", "off", "0", "n"}


def given() -> dict[str, str]:
    """Return our environment with `.env` below it; what is empty does not count as given.

    :raises CannotStart: if a value cannot be right
    """
    from_shell = {name: value for name, value in os.environ.items() if value}
    settings = {**read_file(CHECKOUT / ".env"), **from_shell}
    check(settings)
    return settings


def check(settings: Mapping[str, str]) -> None:
    """Refuse settings that cannot work, before a program gets to stumble over them.

    :raises CannotStart: with the setting and what would be right, without a password in it
    """
    for name, problem in CHECKS.items():
        wrong = problem(settings[name]) if name in settings else None
        if wrong:
            raise CannotStart(f"{name}={_shown(settings[name])} {wrong}")
    _check_keys(settings)


def has_own_keys(settings: Mapping[str, str]) -> bool:
    """Tell whether the real vendors are to be used instead of the sandbox."""
    return any(name in settings for name in VENDOR_KEYS)


def _check_keys(settings: Mapping[str, str]) -> None:
    missing = [name for name in VENDOR_KEYS if name not in settings]
    if has_own_keys(settings) and missing:
        raise CannotStart(
            f"There are keys of your own, but no {' and no '.join(missing)}."
            " Set all of them, or none for the sandbox."
        )
    if not has_own_keys(settings) and settings.get("SANDBOX", "true").lower() in OFF:
        raise CannotStart(
            f"SANDBOX is off, but {', '.join(VENDOR_KEYS)} are not set."
            " Set them, or leave SANDBOX empty."
        )


def _shown(value: str) -> str:
    """Return the value without a password that may stand in an address."""
    return re.sub(r"(?<=:)[^:@/]+(?=@)", "…", value)


def _port(value: str) -> str | None:
    if value.isdecimal() and 0 < int(value) < 65536:
        return None
    return "is not a port: give a number from 1 to 65535."


def _switch(value: str) -> str | None:
    return None if value.lower() in ON | OFF else "is neither true nor false."


def _database(value: str) -> str | None:
    if urlsplit(value).scheme in ("postgres", "postgresql", "psql", "pgsql"):
        return None
    return "is not a PostgreSQL address: postgres://user:password@host:5432/name."


def _broker(value: str) -> str | None:
    address = urlsplit(value)
    if address.scheme == "filesystem":
        return None
    if address.scheme not in ("redis", "rediss"):
        return "is not a broker we know: use redis://host:6379/0, or leave it empty."
    try:
        host, port = address.hostname or "localhost", address.port or 6379
    except ValueError:
        return "has a port that is no number."
    return None if answers(host, port) else "does not answer: is that Redis running?"


def _web_address(value: str) -> str | None:
    address = urlsplit(value)
    if address.scheme in ("http", "https") and address.hostname:
        return None
    return "is not a web address: http://127.0.0.1:8000."


def _mail(value: str) -> str | None:
    if "://" in value:
        return None
    return "is not a mail server's address: smtp://host:25."


def _zone(value: str) -> str | None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "is not a time zone: Europe/Amsterdam is one."
    return None


CHECKS: dict[str, Callable[[str], str | None]] = {
    "PORT": _port,
    "DATABASE_URL": _database,
    "CELERY_BROKER_URL": _broker,
    "PUBLIC_BASE_URL": _web_address,
    "EMAIL_URL": _mail,
    "CLINIC_TIME_ZONE": _zone,
    **dict.fromkeys(SWITCHES, _switch),
}
