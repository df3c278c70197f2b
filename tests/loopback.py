"""A guard for the tests: nothing beyond this machine is ever reached.

Loaded as a pytest plugin (`addopts` in pyproject.toml), before any test module.
"""

import ipaddress
import socket
from typing import Any

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


class BeyondThisMachine(Exception):
    """A test tried to reach the network."""


def pytest_configure() -> None:
    """Put the guard in place for the whole of the test run."""
    socket.socket.connect = _guarded_connect  # type: ignore[assignment, method-assign]
    socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[assignment, method-assign]
    socket.getaddrinfo = _guarded_getaddrinfo


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _refuse_beyond(self.family, address)
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _refuse_beyond(self.family, address)
    return _connect_ex(self, address)


def _guarded_getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
    _refuse_host(host)
    return _getaddrinfo(host, *arguments, **options)


def _refuse_beyond(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6):
        _refuse_host(address[0])


def _refuse_host(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name and name != "localhost" and not _is_loopback(name):
        raise BeyondThisMachine(f"A test tried to reach {name}; use the sandbox on 127.0.0.1.")


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
