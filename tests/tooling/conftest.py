"""Fixtures of the tooling's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tooling.checkouts import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout of its own, whose database is stopped and deleted after the test."""
    checkout = Checkout.at(tmp_path)
    yield checkout
    assert checkout.run("clean").returncode == 0
