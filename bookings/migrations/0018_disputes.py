"""Events of a payment that is disputed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0017_numbers_on_receipts"),
    ]

    operations = [
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
                    ("refund_given", "Refunded by bank"),
                    ("disputed", "Payment disputed"),
                    ("dispute_ended", "Dispute decided"),
                ],
                max_length=16,
            ),
        ),
    ]
