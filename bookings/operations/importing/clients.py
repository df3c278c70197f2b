"""Taking over clients."""

from collections.abc import Iterable
from datetime import datetime

from bookings.imported import ClientRow
from bookings.models import Client
from bookings.operations.importing.copying import Values
from bookings.operations.importing.merging import Tally, merge, said


def import_clients(
    rows: Iterable[ClientRow], *, now: datetime
) -> tuple[dict[str, int], dict[str, Tally]]:
    """Write them; return every imported one's primary key, and how many were what."""
    wanted = {row.key: _client(row) for row in rows}
    merged = merge(Client, wanted, only_new={"created_at": now})
    return merged.ids, {"clients": merged.tally(len(wanted))} if wanted else {}


def _client(row: ClientRow) -> Values:
    return said(
        first_name=row.first_name,
        last_name=row.last_name,
        phone=row.phone,
        email=row.email,
        language=row.language,
        reach_by=row.reach_by,
        created_at=row.created_at,
    )
