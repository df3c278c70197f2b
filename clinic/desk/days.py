"""Days in addresses: `2026-11-24`."""

from datetime import date


class DayConverter:
    """A day as it stands in an address; what is no day is no page."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        day = date.fromisoformat(value)
        if not 2000 <= day.year <= 2199:
            raise ValueError(value)
        return day

    def to_url(self, value: date) -> str:
        return value.isoformat()
