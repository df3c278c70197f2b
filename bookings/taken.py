"""Who has what from when to when, kept in memory: for deciding about thousands at once."""

from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TypeAlias

Stretch: TypeAlias = tuple[int, int, int]  # from, until (seconds since 1970), and whose


@dataclass(frozen=True, slots=True)
class Taken:
    """Stretches of each resource, which never overlap."""

    _by_resource: dict[int, list[Stretch]] = field(default_factory=lambda: defaultdict(list))

    def by(self, resource: int, start: int, end: int) -> int | None:
        """Return whose the resource is at some moment in between, nothing when it is free."""
        stretches = self._by_resource[resource]
        at = bisect_left(stretches, (start, 0, 0))  # nothing ends in 1970
        if at < len(stretches) and stretches[at][0] < end:
            return stretches[at][2]
        if at and stretches[at - 1][1] > start:
            return stretches[at - 1][2]
        return None

    def take(self, resource: int, start: int, end: int, *, whose: int) -> int | None:
        """Take a resource; return who has it already, and then it is not taken."""
        before = self.by(resource, start, end)
        if before is None:
            insort(self._by_resource[resource], (start, end, whose))
        return before
