"""A refund that Stripe could not give may be given by bank."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_lower_fees"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="refund",
            name="given_back_says_when",
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="credit",
            field=models.CharField(
                choices=[
                    ("stripe", "Received through Stripe"),
                    ("bank", "Given back by bank"),
                    ("open_fees", "Open fees"),
                    ("deposits", "Deposits held"),
                    ("refunds", "To be given back"),
                    ("visits", "Earned with visits"),
                    ("fees", "Earned with fees"),
                    ("vat", "VAT"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="debit",
            field=models.CharField(
                choices=[
                    ("stripe", "Received through Stripe"),
                    ("bank", "Given back by bank"),
                    ("open_fees", "Open fees"),
                    ("deposits", "Deposits held"),
                    ("refunds", "To be given back"),
                    ("visits", "Earned with visits"),
                    ("fees", "Earned with fees"),
                    ("vat", "VAT"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("deposit_received", "deposit received"),
                    ("received_twice", "received once too often"),
                    ("deposit_kept", "deposit kept for a fee"),
                    ("deposit_used", "deposit set off against the visit"),
                    ("vat", "VAT in the visit"),
                    ("deposit_refund", "deposit to be given back"),
                    ("fee_asked", "fee asked"),
                    ("fee_received", "fee received"),
                    ("fee_refund", "fee to be given back"),
                    ("given_back", "given back"),
                    ("given_by_bank", "given back by bank"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="status",
            field=models.CharField(
                choices=[
                    ("new", "new"),
                    ("sent", "sent"),
                    ("pending", "under way"),
                    ("succeeded", "given back"),
                    ("failed", "failed"),
                    ("by_bank", "given back by bank"),
                ],
                default="new",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["succeeded", "by_bank"]), _negated=True),
                    ("given_at__isnull", False),
                    _connector="OR",
                ),
                name="given_back_says_when",
            ),
        ),
    ]
