"""Disputes: what a card's bank takes back while it decides, and what that means in the books."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0009_receipts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stripe_id", models.CharField(max_length=80, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "waits for our answer"),
                            ("answered", "the bank is looking at it"),
                            ("won", "decided for the clinic"),
                            ("lost", "decided for the client"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=60)),
                ("amount_cents", models.PositiveIntegerField()),
                (
                    "taken_cents",
                    models.PositiveIntegerField(
                        help_text="What the bank has now; nothing as long as it only asks."
                    ),
                ),
                ("answer_by", models.DateTimeField(blank=True, null=True)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("look_at", models.DateTimeField(blank=True, db_index=True, null=True)),
            ],
            options={
                "verbose_name": "dispute",
                "verbose_name_plural": "disputes",
            },
        ),
        migrations.RemoveConstraint(
            model_name="refund",
            name="given_back_says_when",
        ),
        migrations.AlterField(
            model_name="difference",
            name="of",
            field=models.CharField(
                choices=[
                    ("receipt", "received"),
                    ("refund", "given back"),
                    ("dispute", "disputed"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="credit",
            field=models.CharField(
                choices=[
                    ("stripe", "Received through Stripe"),
                    ("bank", "Given back by bank"),
                    ("disputes", "Taken by a card's bank"),
                    ("open_fees", "Open fees"),
                    ("deposits", "Deposits held"),
                    ("refunds", "To be given back"),
                    ("visits", "Earned with visits"),
                    ("fees", "Earned with fees"),
                    ("vat", "VAT"),
                    ("losses", "Lost to disputes"),
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
                    ("disputes", "Taken by a card's bank"),
                    ("open_fees", "Open fees"),
                    ("deposits", "Deposits held"),
                    ("refunds", "To be given back"),
                    ("visits", "Earned with visits"),
                    ("fees", "Earned with fees"),
                    ("vat", "VAT"),
                    ("losses", "Lost to disputes"),
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
                    ("disputed", "taken back by the card's bank"),
                    ("given_by_dispute", "given back by the card's bank"),
                    ("dispute_lost", "lost to a dispute"),
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
                    ("by_dispute", "given back by the card's own bank"),
                    ("void", "no longer due"),
                ],
                default="new",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["succeeded", "by_bank", "by_dispute"]), _negated=True),
                    ("given_at__isnull", False),
                    _connector="OR",
                ),
                name="given_back_says_when",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="payment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="payments.payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["asked", "answered"]),
                    ("closed_at__isnull", False),
                    _connector="OR",
                ),
                name="decided_says_when",
            ),
        ),
    ]
