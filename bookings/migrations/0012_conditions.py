"""What the clinic asks, by treatment, clinic or group of clients; the last-minute fee."""

import datetime

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0011_leaner_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClientGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "deposit_cents",
                    models.PositiveIntegerField(default=0, verbose_name="deposit in cents"),
                ),
                (
                    "deposit_percent",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="A sum and a percentage add up, to the price at most.",
                        verbose_name="deposit in percent of the price",
                    ),
                ),
                (
                    "deposit_from",
                    models.CharField(
                        choices=[
                            ("everyone", "everyone"),
                            ("new", "who is new, or did not come too often"),
                            ("record", "who did not come too often"),
                        ],
                        default="everyone",
                        max_length=8,
                        verbose_name="deposit asked of",
                    ),
                ),
                (
                    "late_fee_cents",
                    models.PositiveIntegerField(
                        default=0, verbose_name="fee for late cancelling in cents"
                    ),
                ),
                (
                    "late_fee_percent",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="A sum and a percentage add up, to the price at most.",
                        verbose_name="the same in percent of the price",
                    ),
                ),
                (
                    "free_notice",
                    models.DurationField(
                        default=datetime.timedelta(days=1), verbose_name="free notice"
                    ),
                ),
                (
                    "last_minute_fee_cents",
                    models.PositiveIntegerField(
                        default=0, verbose_name="fee for last-minute cancelling in cents"
                    ),
                ),
                (
                    "last_minute_fee_percent",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="A sum and a percentage add up, to the price at most.",
                        verbose_name="the same in percent of the price",
                    ),
                ),
                (
                    "last_minute",
                    models.DurationField(
                        blank=True,
                        help_text="Empty: late is late, however late.",
                        null=True,
                        verbose_name="last minute is with less notice than",
                    ),
                ),
                (
                    "no_show_fee_cents",
                    models.PositiveIntegerField(
                        default=0, verbose_name="fee for a no-show in cents"
                    ),
                ),
                (
                    "no_show_fee_percent",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="A sum and a percentage add up, to the price at most.",
                        verbose_name="the same in percent of the price",
                    ),
                ),
                (
                    "most_fee_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: the price.",
                        null=True,
                        verbose_name="no fee above, in cents",
                    ),
                ),
                (
                    "move_notice",
                    models.DurationField(
                        blank=True,
                        help_text="Empty: as for cancelling.",
                        null=True,
                        verbose_name="free notice for moving",
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "client group",
                "verbose_name_plural": "client groups",
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="appointment",
            name="last_minute",
            field=models.DurationField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="appointment",
            name="last_minute_fee_cents",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="clinic",
            name="deposit_cents",
            field=models.PositiveIntegerField(default=0, verbose_name="deposit in cents"),
        ),
        migrations.AddField(
            model_name="clinic",
            name="deposit_from",
            field=models.CharField(
                choices=[
                    ("everyone", "everyone"),
                    ("new", "who is new, or did not come too often"),
                    ("record", "who did not come too often"),
                ],
                default="everyone",
                max_length=8,
                verbose_name="deposit asked of",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="deposit_percent",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="A sum and a percentage add up, to the price at most.",
                verbose_name="deposit in percent of the price",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="free_notice",
            field=models.DurationField(
                default=datetime.timedelta(days=1), verbose_name="free notice"
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="last_minute",
            field=models.DurationField(
                blank=True,
                help_text="Empty: late is late, however late.",
                null=True,
                verbose_name="last minute is with less notice than",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="last_minute_fee_cents",
            field=models.PositiveIntegerField(
                default=0, verbose_name="fee for last-minute cancelling in cents"
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="last_minute_fee_percent",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="A sum and a percentage add up, to the price at most.",
                verbose_name="the same in percent of the price",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="late_fee_cents",
            field=models.PositiveIntegerField(
                default=0, verbose_name="fee for late cancelling in cents"
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="late_fee_percent",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="A sum and a percentage add up, to the price at most.",
                verbose_name="the same in percent of the price",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="most_fee_cents",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Empty: the price.",
                null=True,
                verbose_name="no fee above, in cents",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="move_notice",
            field=models.DurationField(
                blank=True,
                help_text="Empty: as for cancelling.",
                null=True,
                verbose_name="free notice for moving",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="no_show_fee_cents",
            field=models.PositiveIntegerField(default=0, verbose_name="fee for a no-show in cents"),
        ),
        migrations.AddField(
            model_name="clinic",
            name="no_show_fee_percent",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="A sum and a percentage add up, to the price at most.",
                verbose_name="the same in percent of the price",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="record_missed",
            field=models.PositiveSmallIntegerField(
                default=2,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="visits missed that make a record",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="record_months",
            field=models.PositiveSmallIntegerField(
                default=12, verbose_name="months that a missed visit counts"
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="as_clinic",
            field=models.BooleanField(
                default=False,
                help_text="What is filled in for this treatment then waits, and is not asked.",
                verbose_name="deposit and fees as the clinic's own",
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="deposit_from",
            field=models.CharField(
                choices=[
                    ("everyone", "everyone"),
                    ("new", "who is new, or did not come too often"),
                    ("record", "who did not come too often"),
                ],
                default="everyone",
                max_length=8,
                verbose_name="deposit asked of",
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="deposit_percent",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="A sum and a percentage add up, to the price at most.",
                verbose_name="deposit in percent of the price",
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="last_minute",
            field=models.DurationField(
                blank=True,
                help_text="Empty: late is late, however late.",
                null=True,
                verbose_name="last minute is with less notice than",
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="last_minute_fee_cents",
            field=models.PositiveIntegerField(
                default=0, verbose_name="fee for last-minute cancelling in cents"
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="last_minute_fee_percent",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="A sum and a percentage add up, to the price at most.",
                verbose_name="the same in percent of the price",
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="late_fee_percent",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="A sum and a percentage add up, to the price at most.",
                verbose_name="the same in percent of the price",
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="most_fee_cents",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Empty: the price.",
                null=True,
                verbose_name="no fee above, in cents",
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="no_show_fee_percent",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="A sum and a percentage add up, to the price at most.",
                verbose_name="the same in percent of the price",
            ),
        ),
        migrations.AddConstraint(
            model_name="clinic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deposit_percent__lte", 100),
                    ("late_fee_percent__lte", 100),
                    ("last_minute_fee_percent__lte", 100),
                    ("no_show_fee_percent__lte", 100),
                ),
                name="clinic_asks_the_price_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="clinic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_minute__isnull", True),
                    ("last_minute__lt", models.F("free_notice")),
                    _connector="OR",
                ),
                name="clinic_last_minute_comes_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="clinic",
            constraint=models.CheckConstraint(
                condition=models.Q(("record_missed__gte", 1)), name="a_record_is_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="treatment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deposit_percent__lte", 100),
                    ("late_fee_percent__lte", 100),
                    ("last_minute_fee_percent__lte", 100),
                    ("no_show_fee_percent__lte", 100),
                ),
                name="treatment_asks_the_price_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="treatment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_minute__isnull", True),
                    ("last_minute__lt", models.F("free_notice")),
                    _connector="OR",
                ),
                name="treatment_last_minute_comes_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="clientgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deposit_percent__lte", 100),
                    ("late_fee_percent__lte", 100),
                    ("last_minute_fee_percent__lte", 100),
                    ("no_show_fee_percent__lte", 100),
                ),
                name="clientgroup_asks_the_price_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="clientgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_minute__isnull", True),
                    ("last_minute__lt", models.F("free_notice")),
                    _connector="OR",
                ),
                name="clientgroup_last_minute_comes_later",
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="group",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose deposit and fees hold for her. Empty: those of the treatment.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="clients",
                to="bookings.clientgroup",
                verbose_name="group",
            ),
        ),
    ]
