"""What a row can refer to."""

from dataclasses import dataclass

from bookings.imported import Remarks
from bookings.needs import PRACTITIONER


def key_of(kind: str, key: str) -> str:
    """Return the import key of a resource: another system may number each kind from 1."""
    return f"{kind}:{key}"


@dataclass(frozen=True, slots=True)
class Known:
    """The primary keys of what can be referred to, and where to say that something cannot."""

    resources: dict[str, int]  # by kind and key
    treatments: dict[str, int]  # by slug
    troubles: Remarks

    def practitioner(self, file: str, line: int, key: str) -> int | None:
        """Return a practitioner; when there is none, that is a trouble."""
        return self.resource(file, line, PRACTITIONER, key)

    def resource(self, file: str, line: int, kind: str, key: str) -> int | None:
        """Return a resource; when there is none, that is a trouble."""
        return self._of(self.resources, key_of(kind, key), file, line, f"{kind} “{key}”")

    def treatment(self, file: str, line: int, key: str) -> int | None:
        """Return a treatment; when there is none, that is a trouble."""
        return self._of(self.treatments, key, file, line, f"treatment “{key}”")

    def _of(self, ids: dict[str, int], key: str, file: str, line: int, what: str) -> int | None:
        if key not in ids:
            self.troubles.add(file, line, f"there is no {what}")
        return ids.get(key)
