"""A wire between the clinic and a vendor, which a test can cut on either side of the vendor."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

Wanted = Callable[[bytes], bool]


class Wire:
    """Passes on every connection to a port, but holds what it is told to hold.

    A request that is held before the vendor is never heard of there. One that is held after the
    vendor has been done, and its answer never comes.
    """

    def __init__(self, *, to: int, wanted: Wanted, follows: Wanted) -> None:
        """Listen on a port of its own.

        :param wanted: tells whether a piece from the clinic begins what may be held
        :param follows: tells whether a piece belongs to what came before it
        """
        self._target, self._wanted, self._follows = to, wanted, follows
        self._server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._server.getsockname()[1]
        self._side = ""
        self._held: set[int] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self, side: str) -> None:
        """From now on hold requests `before` or `after` the vendor."""
        self._side = side

    def open(self) -> None:
        """Pass everything on again; what was held stays without an answer."""
        self._side = ""

    @property
    def holding(self) -> int:
        """Tell how many callers wait in vain now."""
        return len(self._held)

    def close(self) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                clinic, _ = self._server.accept()
                threading.Thread(target=self._pass_on, args=(clinic,), daemon=True).start()

    def _pass_on(self, clinic: socket.socket) -> None:
        with clinic, suppress(OSError), socket.create_connection(("127.0.0.1", self._target)) as to:
            call = _Call()
            threading.Thread(target=self._answer, args=(to, clinic, call), daemon=True).start()
            try:
                while piece := clinic.recv(65536):
                    if self._wanted(piece):
                        call.side = self._side
                    elif not self._follows(piece):
                        call.side = ""
                    if call.side == "before":
                        self._held.add(id(call))
                    else:
                        to.sendall(piece)
            finally:
                self._held.discard(id(call))
                with suppress(OSError):
                    to.shutdown(socket.SHUT_RDWR)

    def _answer(self, vendor: socket.socket, clinic: socket.socket, call: "_Call") -> None:
        with suppress(OSError):
            while piece := vendor.recv(65536):
                if call.side == "after":
                    self._held.add(id(call))
                else:
                    clinic.sendall(piece)
            if not call.side:
                clinic.shutdown(socket.SHUT_RDWR)


class _Call:
    """What is being held on one connection."""

    side = ""


def http(*paths: str) -> dict[str, Wanted]:
    """Hold the POSTs to paths that begin so."""
    starts = tuple(b"POST " + path.encode() for path in paths)
    methods = (b"GET ", b"POST ", b"DELETE ", b"HEAD ")
    return {
        "wanted": lambda piece: piece.startswith(starts),
        "follows": lambda piece: not piece.startswith(methods),
    }


def smtp() -> dict[str, Wanted]:
    """Hold the letters, once they are whole."""
    return {"wanted": lambda piece: piece.endswith(b"\r\n.\r\n"), "follows": lambda _: False}
