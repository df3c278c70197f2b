"""A checkout of its own for a test, at a path as awkward as people have them."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_INHERITED = ("DATABASE_URL", "CELERY", "STRIPE", "TWILIO", "SANDBOX", "EMAIL", "PUBLIC", "PORT")


@dataclass(frozen=True)
class Checkout:
    """A copy of the sandbox in a folder with a space and an ë in its name."""

    path: Path

    @classmethod
    def at(cls, parent: Path) -> "Checkout":
        path = parent / "mijn kliniek Zoë"
        shutil.copytree(
            ROOT / "sandbox", path / "sandbox", ignore=shutil.ignore_patterns("__pycache__")
        )
        return cls(path)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "sandbox", *arguments]

    def environment(self) -> dict[str, str]:
        outside = {n: v for n, v in os.environ.items() if not n.startswith(NOT_INHERITED)}
        return {**outside, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(self.path)}

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.command(*arguments),
            cwd=self.path,
            env={**self.environment(), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def processes(self) -> list[str]:
        """Return the command lines of what runs in or from this checkout, or on its database."""
        found = []
        folders = (str(self.path), self._data_of_root())
        for process in Path("/proc").glob("[0-9]*"):
            try:
                folder = str((process / "cwd").readlink())
                words = (process / "cmdline").read_text().replace("\0", " ")
            except OSError:  # gone meanwhile, or a zombie that nobody has buried yet
                continue
            if folder.startswith(folders):
                found.append(words)
        return found

    def _data_of_root(self) -> str:
        """Return where the databases stand when root runs the tests."""
        mark = self.run("postgres", "url").stdout.split("-")[-2]
        return f"/var/tmp/kliniek-{mark}"
