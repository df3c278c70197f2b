"""Taking over a clinic from another system: many rows, one transaction, all or nothing."""

from bookings.operations.importing.merging import Tally
from bookings.operations.importing.running import import_rows
from bookings.operations.importing.writing import Readers

__all__ = ["Readers", "Tally", "import_rows"]
