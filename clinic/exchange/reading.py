"""Reading a clinic from a folder of CSV files, however wrong they are."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from bookings.imported import ImportedRows, Refused, Remarks
from clinic.exchange.cells import BadCell, Noted, shown, unguarded
from clinic.exchange.files import Column, File, files_of

LONGEST_CELL = 5_000  # characters
LONGEST_LINE = 50_000  # bytes
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class NoFolder(Exception):
    """There is no such folder, or no file of a clinic in it."""


class _BadLine(ValueError):
    """A line cannot be read, and neither can what follows."""


def read_folder(folder: Path, *, zone: ZoneInfo, notes: Remarks) -> ImportedRows:
    """Return what the files say.

    :param notes: gets what is worth knowing, and no error
    :raises NoFolder: if there is nothing to read
    :raises Refused: with what is wrong in the files
    """
    files = {f"{file.name}.csv": file for file in files_of(zone)}
    if not folder.is_dir():
        raise NoFolder(f"{folder} is not a folder.")
    found = sorted(path.name for path in folder.iterdir() if path.suffix.lower() == ".csv")
    if not found:
        raise NoFolder(f"There is no CSV file in {folder}. Known are: {', '.join(files)}.")
    troubles = Remarks()
    for name in found:
        if name not in files:
            troubles.add(shown(name), 0, f"is not known; known are {', '.join(files)}")
    rows = {
        file.name: _read(file, folder / name, troubles, notes)
        for name, file in files.items()
        if name in found
    }
    if troubles:
        raise Refused(troubles)
    return ImportedRows(**rows)


def _read(file: File, path: Path, troubles: Remarks, notes: Remarks) -> list[Any]:
    if path.is_symlink() or not path.is_file():  # neither a pipe nor a way out of the folder
        troubles.add(path.name, 0, "is not a plain file")
        return []
    with path.open("rb") as raw, _small_cells():
        return list(_Rows(file, troubles, notes).read(raw))


@contextmanager
def _small_cells() -> Iterator[None]:
    """Have the csv module refuse what only an unclosed quote, or malice, makes so large."""
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _lines(raw: BinaryIO) -> Iterator[str]:
    """Yield the lines as text; at most so much of a line is ever in memory."""
    start = BOM
    while line := raw.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            raise _BadLine(f"the line is longer than {LONGEST_LINE:,} bytes")
        if b"\0" in line:
            raise _BadLine("there is a NUL byte in it; is the file UTF-8?")
        try:
            yield line.decode().removeprefix(start)
        except UnicodeDecodeError as error:
            raise _BadLine("it is not UTF-8") from error
        start = ""


class _Rows:
    """Reads the rows of one file, and notes what is wrong with them."""

    def __init__(self, file: File, troubles: Remarks, notes: Remarks) -> None:
        self.file, self.troubles, self.notes = file, troubles, notes
        self.seen: dict[object, int] = {}
        self.key = attrgetter(*file.unique) if file.unique else None

    def read(self, raw: BinaryIO) -> Iterator[Any]:
        """Yield the rows that are in order."""
        reader = csv.reader(_lines(raw), strict=True)
        first = 1  # line of a row, which can have more of them
        try:
            columns = self._columns(next(reader, []))
            first = reader.line_num + 1
            for number, cells in enumerate(reader if columns else ()):
                if number == self.file.most_rows:
                    self._trouble(first, f"there are more than {number:,} rows")
                    return
                row = self._row(first, cells, columns) if cells else None
                first = reader.line_num + 1
                if row is not None:
                    yield row
        except _BadLine as error:
            self._trouble(reader.line_num + 1, str(error))
        except csv.Error as error:
            self._trouble(first, f"cannot be read: {error}")

    def _columns(self, header: Sequence[str]) -> list[Column]:
        """Return the column of each cell; none when they are not as they should be."""
        known = {column.name: column for column in self.file.columns}
        names = [name.strip() for name in header]
        unknown = [name for name in names if name not in known]
        missing = [c.name for c in known.values() if c.must_be_there and c.name not in names]
        if len(names) == 1 and ";" in names[0]:
            self._trouble(1, "the columns have semicolons between them; they must have commas")
        elif unknown:
            self._trouble(1, f"unknown columns: {_listed(unknown)}; known are {_listed(known)}")
        elif missing:
            self._trouble(1, f"missing columns: {_listed(missing)}")
        elif len(set(names)) < len(names):
            self._trouble(1, "a column is there twice")
        else:
            return [known[name] for name in names]
        return []

    def _row(self, line: int, cells: Sequence[str], columns: Sequence[Column]) -> Any | None:
        if len(cells) != len(columns):
            self._trouble(line, f"there are {len(cells)} cells, and {len(columns)} columns")
            return None
        values = self._values(line, cells, columns)
        if values is None:
            return None
        row = self.file.row(line=line, **values)
        wrong = self.file.check(row) or self._before(row)
        if wrong:
            self._trouble(line, wrong)
            return None
        return row

    def _values(
        self, line: int, cells: Sequence[str], columns: Sequence[Column]
    ) -> Mapping[str, object] | None:
        values: dict[str, object] = {}
        for cell, column in zip(cells, columns, strict=True):
            try:
                value = self._value(unguarded(cell).strip(), column)
            except BadCell as error:
                self._trouble(line, f"{column.name}: {error}")
                continue
            if isinstance(value, Noted):
                self.notes.add(self.file.name, line, f"{column.name}: {value.note}")
                value = value.value
            values[column.name] = value
        return values if len(values) == len(columns) else None

    def _value(self, cell: str, column: Column) -> object:
        if cell:
            return column.parse(cell)
        if column.may_be_empty:
            return column.if_empty
        raise BadCell("is empty")

    def _before(self, row: Any) -> str:
        """Return that a row with the same key was there before."""
        if self.key is None:
            return ""
        key = self.key(row)
        if key not in self.seen:
            self.seen[key] = row.line
            return ""
        return f"has the same {' and '.join(self.file.unique)} as line {self.seen[key]}"

    def _trouble(self, line: int, text: str) -> None:
        self.troubles.add(self.file.name, line, text)


def _listed(names: Sequence[str] | Mapping[str, object]) -> str:
    return ", ".join(shown(name) for name in [*names][:20])
