"""An open fee is asked again a few times."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0014_refunds_by_bank"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="fee_reminder_days",
            field=models.PositiveSmallIntegerField(
                default=4,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="days between two of those",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="fee_reminders",
            field=models.PositiveSmallIntegerField(
                default=2,
                help_text="After that it is a task at the desk.",
                verbose_name="times an open fee is asked again",
            ),
        ),
    ]
