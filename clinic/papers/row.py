"""A line on paper."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What stands left and right on one line; a total is set apart."""

    left: str
    right: str
    is_total: bool = False
    note: str = ""  # smaller, under what stands left
