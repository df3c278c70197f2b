"""Where the things that `make` starts keep their files."""

import hashlib
import os
import stat
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


class CannotStart(Exception):
    """This machine cannot do what was asked; the message says why, for a person."""


def data_folder() -> Path:
    """Return the folder of everything that outlives a start, made when it is not there."""
    folder = CHECKOUT / ".data"
    own_folder(folder, mode=0o700)
    return folder


def mark() -> str:
    """Return a short name for this checkout, so that two of them never meet in /tmp."""
    return hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:10]


def own_folder(path: Path, *, mode: int, owner: int | None = None) -> None:
    """Make the folder when it is missing, and make sure that it is ours.

    A folder in /tmp may have been put there by somebody else, so that is never taken on trust.

    :raises CannotStart: if it cannot be made, is no folder or belongs to another user
    """
    uid = os.geteuid() if owner is None else owner
    try:
        if not path.is_symlink() and not path.exists():
            path.mkdir(mode=mode, parents=True)
            path.chmod(mode)
            if uid != os.geteuid():
                os.chown(path, uid, -1)
        found = path.lstat()
    except OSError as error:
        raise CannotStart(f"The folder {path} cannot be used: {error.strerror}.") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
        raise CannotStart(
            f"{path} is not a folder of this user. Move it away, or start as the user who made it."
        )
