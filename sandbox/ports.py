"""Free ports on this machine's own address."""

import socket
from collections.abc import Collection

from sandbox.places import CannotStart

HOST = "127.0.0.1"
TRIES = 100


def free_port(first: int = 0, *, but_not: Collection[int] = ()) -> int:
    """Return the first free port from `first` on, or any free one when that is 0.

    :raises CannotStart: if a hundred ports in a row are taken
    """
    if first == 0:
        return _any_port()
    last = min(first + TRIES, 65536)
    for port in range(first, last):
        if port not in but_not and is_free(port):
            return port
    raise CannotStart(f"The ports {first} to {last - 1} are all taken. Choose another with PORT=…")


def is_free(port: int) -> bool:
    """Tell whether a server may listen on the port."""
    with socket.socket() as probe:
        # As servers do: a connection that is still closing does not keep the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return not answers(HOST, port)


def answers(host: str, port: int) -> bool:
    """Tell whether something accepts connections at the address."""
    try:
        with socket.create_connection((host, port), timeout=2):
            return True
    except OSError:
        return False


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
