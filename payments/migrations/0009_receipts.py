"""Receipts: numbered, only added to, unless they were a demo client's."""

import django.db.models.deletion
from django.db import migrations, models

STAYS = """
CREATE FUNCTION payments_receipt_stays() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.series LIKE 'demo%' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a receipt stays as it was issued' USING ERRCODE = 'restrict_violation';
END
$$ LANGUAGE plpgsql;
CREATE TRIGGER receipt_stays BEFORE UPDATE OR DELETE ON payments_receipt
FOR EACH ROW EXECUTE FUNCTION payments_receipt_stays();
"""
MAY_GO = "DROP FUNCTION payments_receipt_stays() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0008_removed_cards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "series",
                    models.CharField(
                        help_text="The year; the made-up clients of a demo have one of their own.",
                        max_length=12,
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("issued_at", models.DateTimeField()),
                ("said", models.JSONField()),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt",
                        to="payments.ledgerentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "receipt",
                "verbose_name_plural": "receipts",
                "ordering": ["series", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("series", "number"), name="receipts_are_numbered"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gt", 0)), name="receipts_count_from_one"
                    ),
                ],
            },
        ),
        migrations.RunSQL(STAYS, MAY_GO),
    ]
