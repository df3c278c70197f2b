"""Chromium as a client or somebody of the clinic uses it; what it complains of fails the test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from sandbox import browser as chromium
from tests.world.fixtures import pytest_runtest_makereport, shared_world, world

__all__ = ["pytest_runtest_makereport", "shared_world", "world"]

Opener = Callable[..., Page]
TELEPHONE, DESKTOP = (390, 844), (1440, 900)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start the machine's own browser, also as root."""
    return {"executable_path": chromium.find(), "args": ["--no-sandbox"]}


@pytest.fixture
def open_browser(browser: Browser) -> Iterator[Opener]:
    """Give a function that opens a browser with cookies of its own, on a telephone if not told."""
    contexts, said = [], []

    def listen(message: ConsoleMessage) -> None:
        place = message.location["url"]
        # A page that says no has status 4xx, which Chromium calls an error: not so for a part.
        is_page = message.page is not None and place == message.page.url
        if not (is_page and "the server responded with a status of 4" in message.text):
            said.append(f"{message.type}: {message.text} ({place})")

    def opened(size: tuple[int, int] = TELEPHONE) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []
