"""Dice that fall the same way each time."""

from random import Random


def draws(*seed: object) -> Random:
    """Return a source of chance for one subject; the same subject always gets the same chances."""
    return Random(" ".join(map(str, seed)))  # noqa: S311 (the same draws each time are the point)
