"""Tables of figures: shown on the page in words, downloaded as numbers."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bookings import formats
from clinic.office import words
from clinic.office.statistics import Proportion

# A spreadsheet would take a text that begins like this for a formula, and run it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"
NO_BREAK = "\xa0"


@dataclass(frozen=True, slots=True)
class Percent:
    """A share between 0 and 1, or nothing when there is too little to say."""

    share: float | None


@dataclass(frozen=True, slots=True)
class Euros:
    """An amount in whole cents."""

    cents: int


Cell = str | int | date | Percent | Euros


@dataclass(frozen=True, slots=True)
class Table:
    """A caption, column heads, and rows that begin with their own head."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    @property
    def shown(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the head and the cells of each row as people read them."""
        for row in self.rows:
            first, *rest = [shown(cell) for cell in row]
            yield first, rest


def shares(proportion: Proportion) -> list[Cell]:
    """Return the cells under `share_heads`."""
    interval = proportion.interval
    low, high = interval if interval else (None, None)
    share = Percent(proportion.share)
    return [proportion.k, proportion.n, share, Percent(low), Percent(high)]


def share_heads() -> list[str]:
    """Return the column heads of a share with its interval."""
    return [_("How many"), _("Out of"), _("Share"), _("At least"), _("At most")]


def shown(cell: Cell) -> str:
    """Write a cell as people read it."""
    if isinstance(cell, Percent):
        return _("too little data") if cell.share is None else words.percent(cell.share)
    if isinstance(cell, Euros):
        return formats.euros(cell.cents, get_language() or "nl")
    if isinstance(cell, date):
        day = formats.day_short_with_year(cell, get_language() or "nl", zone=UTC)
        return day.replace(" ", NO_BREAK)
    return words.number(cell) if isinstance(cell, int) else cell


def plain(cell: Cell) -> str:
    """Write a cell as a Dutch spreadsheet reads it."""
    if isinstance(cell, Percent):
        return "" if cell.share is None else f"{cell.share * 100:.2f}".replace(".", ",")
    if isinstance(cell, Euros):
        return f"{cell.cents // 100},{cell.cents % 100:02}"
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(table: Table) -> str:
    """Return the table as a file for a Dutch spreadsheet: semicolons and decimal commas."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([plain(head) for head in table.head])
    writer.writerows([plain(cell) for cell in row] for row in table.rows)
    return BOM + out.getvalue()
