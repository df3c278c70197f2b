"""The world that the tests of one folder share, and the logs of a world in which a test failed."""

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tests.world.world import Plan, World


@pytest.fixture(scope="session")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Run a small clinic that the tests share, and that rests in between."""
    with World(tmp_path_factory.mktemp("world"), Plan()) as running:
        running.rest()
        yield running
        assert running.server_errors() == []


@pytest.fixture
def world(shared_world: World) -> Iterator[World]:
    """Give the clinic that the tests share; each takes times that are free."""
    shared_world.wake()
    yield shared_world
    shared_world.rest()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Show the logs of a world in which a test failed."""
    report = yield
    given = getattr(item, "funcargs", {})
    for one in given.values():
        if report.failed and isinstance(one, World):
            report.sections.append(("what ran", one.processes.tails()))
    return report
