"""The ledger, to which is only added, the rates of VAT, and when money was given back."""

import django.db.models.deletion
from django.db import migrations, models

# What the database itself refuses. Only what was never real may go: a demo client's entries.
APPEND_ONLY = """
CREATE FUNCTION payments_ledger_stays() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM bookings_appointment JOIN bookings_client ON bookings_client.id = client_id
         WHERE bookings_appointment.id = OLD.appointment_id AND is_demo
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the ledger is only added to' USING ERRCODE = 'restrict_violation';
END
$$ LANGUAGE plpgsql;
CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE ON payments_ledgerentry
FOR EACH ROW EXECUTE FUNCTION payments_ledger_stays();
"""
NOT_APPEND_ONLY = "DROP FUNCTION payments_ledger_stays() CASCADE;"
GIVEN = "UPDATE payments_refund SET given_at = created_at WHERE status = 'succeeded'"
# The general rate in the Netherlands since October 2012.
RATE = (
    "INSERT INTO payments_vatrate (treatment_id, hundredths, from_on)"
    " VALUES (NULL, 2100, '2012-10-01')"
)


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0011_leaner_indexes"),
        ("payments", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
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
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "debit",
                    models.CharField(
                        choices=[
                            ("stripe", "Received through Stripe"),
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
                (
                    "credit",
                    models.CharField(
                        choices=[
                            ("stripe", "Received through Stripe"),
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
                ("amount_cents", models.PositiveIntegerField()),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="VatRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "hundredths",
                    models.PositiveSmallIntegerField(
                        help_text="2100 is 21 %, 0 is exempt.",
                        verbose_name="rate in hundredths of a percent",
                    ),
                ),
                ("from_on", models.DateField(verbose_name="from")),
            ],
            options={
                "verbose_name": "VAT rate",
                "verbose_name_plural": "VAT rates",
                "ordering": ["from_on"],
            },
        ),
        migrations.AddField(
            model_name="refund",
            name="given_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(GIVEN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "succeeded"), _negated=True),
                    ("given_at__isnull", False),
                    _connector="OR",
                ),
                name="given_back_says_when",
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="appointment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger",
                to="bookings.appointment",
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="payment",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger",
                to="payments.payment",
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="refund",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger",
                to="payments.refund",
            ),
        ),
        migrations.AddField(
            model_name="vatrate",
            name="treatment",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: for all that have no rate of their own.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="vat_rates",
                to="bookings.treatment",
                verbose_name="treatment",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="entry_is_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("debit", models.F("credit")), _negated=True),
                name="entry_moves_between_two_accounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="vatrate",
            constraint=models.UniqueConstraint(
                fields=("treatment", "from_on"),
                name="one_vat_rate_from_a_date",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="vatrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("hundredths__lte", 10000)), name="vat_is_at_most_the_price"
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
        migrations.RunSQL(RATE, migrations.RunSQL.noop),
    ]
