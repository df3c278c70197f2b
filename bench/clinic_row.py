"""`python -m bench.clinic_row`: make the clinic's one row, without limits on who holds how much."""

import os
from datetime import time

import django

from bench.clinic_made_up import DAYS_AHEAD

LIMITS = ("holds_per_address", "bookings_per_address")  # 0 is off


def main() -> None:
    """Write the row into the database that the settings name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()

    from bookings.models import Clinic

    Clinic.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Made-up clinic",
            "short_name": "Clinic",
            "street": "Street 1",
            "postcode": "1000 AA",
            "city": "Amsterdam",
            "phone": "+31201234567",
            "email": "clinic@example.com",
            "horizon_days": DAYS_AHEAD,
            **dict.fromkeys(LIMITS, 0),
            **dict.fromkeys(("quiet_from", "quiet_until"), time(8)),  # it is measured at any hour
        },
    )


if __name__ == "__main__":
    main()
