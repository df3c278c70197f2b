"""Each day compared with Stripe, and what did not agree."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_refunds_by_bank"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(unique=True)),
                ("at", models.DateTimeField()),
                (
                    "receipts",
                    models.PositiveIntegerField(help_text="How many there were at Stripe."),
                ),
                (
                    "refunds",
                    models.PositiveIntegerField(help_text="How many there were at Stripe."),
                ),
            ],
            options={
                "verbose_name": "comparison with Stripe",
                "verbose_name_plural": "comparisons with Stripe",
                "ordering": ["-on"],
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "of",
                    models.CharField(
                        choices=[("receipt", "received"), ("refund", "given back")], max_length=8
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("not_ours", "at Stripe, and not in the books"),
                            ("not_at_stripe", "in the books, and not at Stripe"),
                            ("amount", "another amount"),
                        ],
                        max_length=16,
                    ),
                ),
                ("stripe_id", models.CharField(max_length=80)),
                ("stripe_cents", models.PositiveIntegerField()),
                ("our_cents", models.PositiveIntegerField()),
                (
                    "reconciliation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="differences",
                        to="payments.reconciliation",
                    ),
                ),
            ],
            options={
                "verbose_name": "difference with Stripe",
                "verbose_name_plural": "differences with Stripe",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reconciliation", "of", "stripe_id"),
                        name="a_difference_is_told_once",
                    )
                ],
            },
        ),
    ]
