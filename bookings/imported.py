"""What another system says of a clinic, row by row, and what is wrong with it.

A row knows on which line of its file it stands. What is `None` was not said: a new row gets the
usual value, and one that is known already keeps what it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class PractitionerRow:
    line: int
    key: str
    name: str
    role: str
    role_en: str | None = None
    active: bool | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A room or a device."""

    line: int
    key: str
    name: str
    group: str
    active: bool | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class TreatmentRow:
    line: int
    key: str
    name: str
    category: str
    summary: str
    minutes: int
    price_cents: int
    name_en: str | None = None
    category_en: str | None = None
    summary_en: str | None = None
    deposit_cents: int | None = None
    late_fee_cents: int | None = None
    no_show_fee_cents: int | None = None
    free_notice_hours: int | None = None
    active: bool | None = None
    position: int | None = None
    as_clinic: bool | None = None
    deposit_percent: int | None = None
    deposit_from: str | None = None
    late_fee_percent: int | None = None
    no_show_fee_percent: int | None = None
    last_minute_hours: int | None = None
    last_minute_fee_cents: int | None = None
    last_minute_fee_percent: int | None = None
    most_fee_cents: int | None = None


@dataclass(frozen=True, slots=True)
class NeedRow:
    line: int
    treatment: str
    kind: str
    group: str
    from_minute: int
    until_minute: int


@dataclass(frozen=True, slots=True)
class SkillRow:
    line: int
    practitioner: str
    treatment: str
    minutes: int | None = None
    price_cents: int | None = None


@dataclass(frozen=True, slots=True)
class HoursRow:
    line: int
    practitioner: str
    weekday: int  # Monday is 0
    opens: time
    closes: time
    weeks: int | None = None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class SpecialHoursRow:
    line: int
    practitioner: str
    on: date
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class TimeOffRow:
    line: int
    kind: str  # of the resource, or “clinic”
    resource: str
    starts_at: datetime
    ends_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ClientRow:
    line: int
    key: str
    first_name: str
    last_name: str
    phone: str  # E.164
    email: str
    language: str | None = None
    reach_by: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    line: int
    key: str
    client: str
    treatment: str
    practitioner: str
    starts_at: datetime
    status: str
    minutes: int | None = None
    price_cents: int | None = None
    # One for each need of that kind, in order; an empty one took nothing.
    rooms: tuple[str, ...] | None = None
    devices: tuple[str, ...] | None = None
    note: str | None = None
    created_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedRows:
    """All that is to be imported, by the names of the files."""

    practitioners: Sequence[PractitionerRow] = ()
    rooms: Sequence[PlaceRow] = ()
    devices: Sequence[PlaceRow] = ()
    treatments: Sequence[TreatmentRow] = ()
    needs: Sequence[NeedRow] = ()
    skills: Sequence[SkillRow] = ()
    hours: Sequence[HoursRow] = ()
    special_hours: Sequence[SpecialHoursRow] = ()
    time_off: Sequence[TimeOffRow] = ()
    clients: Sequence[ClientRow] = ()
    appointments: Sequence[AppointmentRow] = ()


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """Something to say about one line of one file."""

    file: str  # its name without “.csv”; when the line is 0, whatever it is about
    line: int
    text: str

    def __str__(self) -> str:
        place = f"{self.file}.csv:{self.line}" if self.line else self.file
        return f"{place}: {self.text}"


@dataclass(slots=True)
class Remarks:
    """Remarks, of which only so many are kept: a wrong file can have one on every line."""

    most: int = 100
    kept: list[Remark] = field(default_factory=list)
    count: int = 0

    def add(self, file: str, line: int, text: str) -> None:
        """Add a remark, as long as there are not too many."""
        self.count += 1
        if len(self.kept) < self.most:
            self.kept.append(Remark(file, line, text))

    def __bool__(self) -> bool:
        return self.count > 0


class Refused(Exception):
    """What was said of the clinic cannot be; nothing was written."""

    def __init__(self, troubles: Remarks) -> None:
        super().__init__(f"{troubles.count} errors")
        self.troubles = troubles
