"""What the tests of races, kills and bad input use."""

from tests.world.fixtures import pytest_runtest_makereport, world

__all__ = ["pytest_runtest_makereport", "world"]
