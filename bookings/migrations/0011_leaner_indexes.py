"""Fewer indexes to write with every booking: only those that something reads."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import bookings.models.appointments


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0010_locks_by_the_day"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="allocation",
            name="resource_never_double_booked",
        ),
        migrations.RemoveIndex(
            model_name="allocation",
            name="allocation_by_period",
        ),
        migrations.AlterField(
            model_name="allocation",
            name="resource",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocations",
                to="bookings.resource",
            ),
        ),
        migrations.AlterField(
            model_name="appointment",
            name="status",
            field=models.CharField(
                choices=[
                    ("held", "Held"),
                    ("booked", "Booked"),
                    ("arrived", "Arrived"),
                    ("completed", "Completed"),
                    ("cancelled", "Cancelled"),
                    ("no_show", "No-show"),
                    ("expired", "Expired"),
                ],
                default="held",
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="appointment",
            name="token",
            field=models.CharField(
                default=bookings.models.appointments.new_token, editable=False, max_length=32
            ),
        ),
        migrations.AlterField(
            model_name="appointmentevent",
            name="appointment",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="bookings.appointment",
            ),
        ),
        migrations.AlterField(
            model_name="bookingrequest",
            name="answer",
            field=models.TextField(),
        ),
        migrations.AlterField(
            model_name="bookingrequest",
            name="key",
            field=models.CharField(max_length=64),
        ),
        migrations.AlterField(
            model_name="bookingrequest",
            name="status_code",
            field=models.PositiveSmallIntegerField(),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["status"], name="appointment_by_status"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("period", "&&"),
                    (
                        models.Func(
                            models.F("resource"),
                            models.F("resource"),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                ],
                name="resource_never_double_booked",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(fields=("token",), name="appointment_by_token"),
        ),
        migrations.AddConstraint(
            model_name="bookingrequest",
            constraint=models.UniqueConstraint(fields=("key",), name="request_by_key"),
        ),
    ]
