"""What the tests of races, kills and bad input use."""

from tests.world.fixtures import pytest_runtest_makereport, shared_world, world

__all__ = ["pytest_runtest_makereport", "shared_world", "world"]
