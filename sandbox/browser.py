"""A Chromium for the browser tests: one that is here, else one that is fetched."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from sandbox.places import CannotStart

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def main() -> None:
    """Print the path of the browser."""
    print(find())


def find() -> str:
    """Return the path of a Chromium or Chrome, installing one when there is none.

    :raises CannotStart: if CHROMIUM names no program, or nothing can be installed
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if shutil.which(named):
            return named
        raise CannotStart(f"CHROMIUM names {named}, which is not a program on this machine.")
    return _here() or _from_debian() or _from_playwright() or _nothing()


def _here() -> str | None:
    return next((path for name in (*NAMES, *APPLICATIONS) if (path := shutil.which(name))), None)


def _from_debian() -> str | None:
    if os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        return None
    print("Installing Debian's Chromium for the browser tests ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", NAMES[0]]):
        if subprocess.run(["apt-get", *command], env=environment, check=False).returncode:
            return None
    return _here()


def _from_playwright() -> str | None:
    found = _playwrights_own()
    if found is None:
        print("Fetching Playwright's Chromium for the browser tests ...", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        found = _playwrights_own()
    return found


def _playwrights_own() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.access(path, os.X_OK) else None


def _nothing() -> str:
    raise CannotStart(
        "The browser tests need Chromium or Chrome, and none was found or could be installed."
        " Install one, or name it: CHROMIUM=/path/to/chrome make test"
    )
