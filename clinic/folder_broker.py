"""Celery's filesystem transport, with one change: a waiting task appears whole or not at all."""

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes a task beside its place and then renames it.

    The transport's own reader takes a file without minding the writer's lock, and a worker that
    reads half a task stops for good.
    """

    # The two classes above it name the second parameter differently.
    def _put(self, queue: str, message: Any, **_: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}"
        half = Path(self.data_folder_out) / f"{name}.new"
        half.write_bytes(str_to_bytes(dumps(message)))
        half.replace(half.with_suffix(".msg"))


class Transport(filesystem.Transport):
    """The transport with that channel."""

    Channel = Channel
