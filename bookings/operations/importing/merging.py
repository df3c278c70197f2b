"""Making rows match what was said: new ones added, others changed, equal ones left alone."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bookings.operations.importing.copying import (
    Model,
    Values,
    delete,
    insert,
    key_column,
    read,
    update,
)


@dataclass(slots=True)
class Tally:
    """How many rows of a file were what."""

    added: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0
    kept: int = 0  # left alone, since they went on in the clinic

    def __str__(self) -> str:
        numbers = {
            "added": self.added,
            "changed": self.changed,
            "the same": self.same,
            "removed": self.removed,
            "left alone: they went on here": self.kept,
        }
        return ", ".join(f"{number:,} {what}" for what, number in numbers.items() if number)


@dataclass(frozen=True, slots=True)
class Merged:
    """The primary keys, and which rows are new or other than they were."""

    ids: dict[str, int]
    added: frozenset[str]
    changed: frozenset[str]

    def tally(self, total: int) -> Tally:
        added, changed = len(self.added), len(self.changed)
        return Tally(added=added, changed=changed, same=total - added - changed)


def said(**values: Any) -> Values:
    """Return the values that were said."""
    return {name: value for name, value in values.items() if value is not None}


def merge(
    model: Model,
    wanted: Mapping[str, Values],
    *,
    by: str = "import_key",
    only_new: Values | None = None,
) -> Merged:
    """Make the rows match, found by the text in the column `by`.

    :param only_new: what a new row gets where nothing was said
    """
    columns = sorted({column for values in wanted.values() for column in values})
    key = key_column(model)
    known = {
        str(row[1]): (row[0], dict(zip(columns, row[2:], strict=True)))
        for row in read(model, [key, by, *columns], where=f'"{by}" IS NOT NULL')
    }
    new: dict[str, Values] = {}
    changed: dict[str, Values] = {}
    for name, values in wanted.items():
        if name not in known:
            new[name] = {by: name, **(only_new or {}), **values}
            continue
        pk, was = known[name]
        if any(was[column] != value for column, value in values.items()):
            changed[name] = {**was, **values, key: pk}
    ids = {name: pk for name, (pk, _) in known.items()}
    ids.update(zip(new, insert(model, list(new.values())), strict=True))
    update(model, list(changed.values()))
    return Merged(ids, frozenset(new), frozenset(changed))


def replace(
    model: Model,
    wanted: Iterable[Values],
    *,
    owner: str,
    in_order: bool = False,
) -> Tally:
    """Make the rows of each owner that is named match, all of hers at once.

    :param owner: the column that says whose they are
    :param in_order: the order is part of what was said
    """
    ours: dict[Any, list[Values]] = defaultdict(list)
    for row in wanted:
        ours[row[owner]].append(row)
    columns = list(next(iter(next(iter(ours.values()))))) if ours else []
    if not ours:
        return Tally()
    theirs: dict[Any, list[tuple[int, tuple[Hashable, ...]]]] = defaultdict(list)
    for pk, whose, *values in read(model, ["id", owner, *columns]):
        if whose in ours:
            theirs[whose].append((pk, tuple(values)))
    tally, fresh, old = Tally(), [], []
    for whose, rows in ours.items():
        now, was = [tuple(row.values()) for row in rows], sorted(theirs[whose])
        before = [values for _, values in was]
        if now == before or (not in_order and sorted(now, key=repr) == sorted(before, key=repr)):
            tally.same += len(rows)
            continue
        fresh += rows
        old += [pk for pk, _ in was]
    delete(model, "id", old)
    insert(model, fresh)
    tally.added, tally.removed = len(fresh), len(old)
    return tally
