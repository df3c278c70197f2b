"""When a fee that was agreed is not asked, or less."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0012_conditions"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="fee_needs_reminder",
            field=models.BooleanField(
                default=True,
                help_text="When one was due, and none reached the client.",
                verbose_name="no fee when no reminder was delivered",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="refilled_fee_percent",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="At least half of it. 0 is no fee, 100 is all of it.",
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="percent of the fee still asked when the time went to somebody else",
            ),
        ),
        migrations.AlterField(
            model_name="appointmentevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("held", "Time held"),
                    ("hold_moved", "Other time held"),
                    ("expired", "Hold lapsed"),
                    ("booked", "Booked"),
                    ("confirmed", "Confirmed"),
                    ("moved", "Moved"),
                    ("place_changed", "Other room or device"),
                    ("result_noted", "Result noted"),
                    ("offered", "Offered"),
                    ("offer_taken", "Offer accepted"),
                    ("offer_ended", "Offer over"),
                    ("cancelled", "Cancelled"),
                    ("cancel_undone", "Cancelling undone"),
                    ("arrived", "Arrived"),
                    ("arrival_undone", "Arrival undone"),
                    ("completed", "Completed"),
                    ("no_show", "No-show"),
                    ("no_show_undone", "No-show undone"),
                    ("payment_asked", "Payment asked"),
                    ("payment_wrong", "Another amount was paid"),
                    ("deposit_paid", "Deposit paid"),
                    ("fee_paid", "Fee paid"),
                    ("fee_waived", "Fee waived"),
                    ("reminder_sent", "Reminder sent"),
                    ("reminded", "Reminder delivered"),
                    ("not_reminded", "Reminder not delivered"),
                    ("refund_started", "Refund started"),
                    ("refund_failed", "Refund failed"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="clinic",
            constraint=models.CheckConstraint(
                condition=models.Q(("refilled_fee_percent__lte", 100)), name="refilled_asks_no_more"
            ),
        ),
    ]
