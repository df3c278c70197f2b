"""The tests themselves reach nothing beyond this machine."""

import socket

import pytest

from tests.loopback import BeyondThisMachine


def test_another_machine_is_refused() -> None:
    with socket.socket() as probe, pytest.raises(BeyondThisMachine):
        probe.connect(("192.0.2.1", 80))


def test_a_name_is_not_even_looked_up() -> None:
    with pytest.raises(BeyondThisMachine):
        socket.create_connection(("clinic.example", 80), timeout=1)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_reached(host: str) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection((host, server.getsockname()[1]), timeout=5) as connection,
    ):
        assert connection.getpeername()[0] == "127.0.0.1"
