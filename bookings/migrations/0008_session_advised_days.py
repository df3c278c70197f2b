"""How many days after the session before are advised: not always the middle of the band."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, Q


def advise_the_middle(apps: Any, schema_editor: Any) -> None:
    """Advise the middle of each band there is."""
    sessions = apps.get_model("bookings", "PlannedSession").objects
    sessions.update(advised_days=(F("least_days") + F("most_days")) / 2)


class Migration(migrations.Migration):
    dependencies = [("bookings", "0007_bookings_per_address")]
    operations = [
        migrations.RemoveConstraint("plannedsession", "session_band_is_a_band"),
        migrations.AddField(
            model_name="plannedsession",
            name="advised_days",
            field=models.PositiveSmallIntegerField(
                default=0, verbose_name="days after the one before, advised"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(advise_the_middle, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="plannedsession",
            constraint=models.CheckConstraint(
                condition=Q(advised_days__gte=F("least_days"), most_days__gte=F("advised_days")),
                name="session_band_is_a_band",
            ),
        ),
    ]
