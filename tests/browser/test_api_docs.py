"""The API's documentation: it opens under the strict policy, and loads nothing from elsewhere."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, Opener
from tests.world.world import World

pytestmark = pytest.mark.browser


def test_the_documentation_of_the_api(world: World, open_browser: Opener) -> None:
    page = open_browser(DESKTOP)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{world.url}/api/v1/docs")

    for summary in ("What can be booked online", "Free times", "Who treats"):
        expect(page.get_by_text(summary, exact=True)).to_be_visible()
    assert [url for url in asked if not url.startswith((world.url, "data:"))] == []
