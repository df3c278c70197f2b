"""What a good refusal is: clear, of the right status, and without a trace in the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import requests

from tests.world.world import World


@contextmanager
def nothing_written(world: World) -> Iterator[None]:
    """Check that the block leaves every table as it was."""
    before = world.counts()
    yield
    assert world.counts() == before


def is_clear(answer: requests.Response, status: int) -> bool:
    """Tell whether a refusal has this status, and is a page of ours with a heading."""
    assert answer.status_code == status, (answer.status_code, answer.url)
    return "<h1" in answer.text and 'lang="nl"' in answer.text
