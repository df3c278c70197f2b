"""How a page looks: at three widths, to axe, and as a picture."""

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from sandbox.places import CHECKOUT

WIDTHS = {320: 640, 390: 844, 1440: 900}
AXE = CHECKOUT / "node_modules" / "axe-core" / "axe.min.js"
RULES = "wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice".split()
RUN = """async (values) => {
  const found = await axe.run({ runOnly: { type: "tag", values }, resultTypes: ["violations"] });
  return found.violations.map((one) => [one.id, one.nodes.map((node) => node.html)]);
}"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Look:
    """What was wrong with the pages that were looked at."""

    def __init__(self) -> None:
        """Start without complaints."""
        self.wrong: list[str] = []
        self.seen: list[str] = []

    def at(self, page: Page, name: str) -> None:
        """Look at the page that is open, at every width."""
        self.seen.append(name)
        page.evaluate(AXE.read_text())
        before = page.viewport_size
        headings = page.locator("h1").count()
        if headings != 1:
            self.wrong.append(f"{name}: {headings} headings of the first level")
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            self._at_this_width(page, f"{name} at {width}")
        if before is not None:
            page.set_viewport_size(before)

    def _at_this_width(self, page: Page, name: str) -> None:
        # What fades in is looked at when it is there.
        page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
        if (wider := page.evaluate(WIDER)) > 0:
            self.wrong.append(f"{name}: scrolls {wider} pixels sideways")
        violations: list[tuple[str, list[Any]]] = page.evaluate(RUN, RULES)
        self.wrong += [f"{name}: {rule}: {nodes}" for rule, nodes in violations]
        if folder := os.environ.get("SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name.replace('/', '_')}.png", full_page=True)
