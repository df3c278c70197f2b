"""Free ports."""

import socket

import pytest

from sandbox import ports
from sandbox.places import CannotStart


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port_gives_the_next_free_one(host: str) -> None:
    with socket.socket() as other:
        other.bind((host, 0))
        other.listen()
        taken = other.getsockname()[1]

        assert not ports.is_free(taken)
        assert ports.free_port(taken) > taken


def test_a_port_may_be_kept_for_another() -> None:
    first = ports.free_port(20000)

    assert ports.free_port(first, but_not=[first]) > first


def test_no_port_at_all_is_told() -> None:
    with pytest.raises(CannotStart, match="ports 65535 to 65535 are all taken"):
        ports.free_port(65535, but_not=[65535])
