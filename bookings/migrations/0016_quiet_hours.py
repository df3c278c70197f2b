"""Quiet hours are for open fees too."""

import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0015_asking_again"),
    ]

    operations = [
        migrations.AlterField(
            model_name="clinic",
            name="quiet_from",
            field=models.TimeField(
                default=datetime.time(21, 0), verbose_name="no offers, nor word of open fees, from"
            ),
        ),
    ]
