"""Vouchers: sold, drawn by visits, and in the books."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import bookings.models.appointments
import payments.models.vouchers

# Only what was never real may go: what a demo's client paid, and a demo's voucher.
STAYS = """
CREATE OR REPLACE FUNCTION payments_ledger_stays() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (EXISTS (
        SELECT FROM bookings_appointment JOIN bookings_client ON bookings_client.id = client_id
         WHERE bookings_appointment.id = OLD.appointment_id AND is_demo
    ) OR EXISTS (
        SELECT FROM payments_voucher WHERE payments_voucher.id = OLD.voucher_id AND is_demo
    )) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the ledger is only added to' USING ERRCODE = 'restrict_violation';
END
$$ LANGUAGE plpgsql;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0019_vouchers"),
        ("payments", "0010_disputes"),
    ]

    operations = [
        migrations.CreateModel(
            name="CourseOffer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sessions",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(2)],
                        verbose_name="sessions",
                    ),
                ),
                (
                    "session_cents",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(100)],
                        verbose_name="price of a session in cents",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="for sale")),
            ],
            options={
                "verbose_name": "prepaid course",
                "verbose_name_plural": "prepaid courses",
                "ordering": ["treatment", "sessions"],
            },
        ),
        migrations.CreateModel(
            name="Voucher",
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
                        choices=[("gift", "gift voucher"), ("course", "prepaid course")],
                        max_length=10,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        default=payments.models.vouchers.new_code,
                        editable=False,
                        max_length=12,
                        unique=True,
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=bookings.models.appointments.new_token,
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                (
                    "reference",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        help_text="What Stripe knows it by.",
                        unique=True,
                    ),
                ),
                ("value_cents", models.PositiveIntegerField()),
                ("session_cents", models.PositiveIntegerField(default=0)),
                ("buyer_name", models.CharField(max_length=120)),
                ("buyer_email", models.EmailField(max_length=254)),
                ("language", models.CharField(default="nl", max_length=2)),
                ("for_name", models.CharField(blank=True, max_length=60)),
                ("wish", models.CharField(blank=True, max_length=200)),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                ("created_at", models.DateTimeField()),
                ("valid_until", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("sent", "being paid"),
                            ("open", "payment page open"),
                            ("paid", "paid"),
                            ("expired", "not paid"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("request", models.JSONField()),
                ("stripe_id", models.CharField(blank=True, db_index=True, max_length=80)),
                ("intent_id", models.CharField(blank=True, db_index=True, max_length=80)),
                ("method", models.CharField(blank=True, max_length=30)),
                ("url", models.TextField(blank=True)),
                ("expires_at", models.DateTimeField()),
                ("check_at", models.DateTimeField(blank=True, null=True)),
                (
                    "leased_until",
                    models.DateTimeField(blank=True, help_text="On the real clock.", null=True),
                ),
                ("paid_at", models.DateTimeField(blank=True, null=True)),
                (
                    "given_back_cents",
                    models.PositiveIntegerField(default=0, help_text="Of the purchase, by Stripe."),
                ),
                ("given_back_at", models.DateTimeField(blank=True, null=True)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "mail_leased_until",
                    models.DateTimeField(blank=True, help_text="On the real clock.", null=True),
                ),
            ],
            options={
                "verbose_name": "voucher",
                "verbose_name_plural": "vouchers",
            },
        ),
        migrations.RemoveConstraint(
            model_name="refund",
            name="given_back_says_when",
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="appointment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger",
                to="bookings.appointment",
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
                    ("vouchers", "Left in vouchers"),
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
                    ("vouchers", "Left in vouchers"),
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
                    ("deposit_drawn", "deposit from a voucher"),
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
                    ("back_on_voucher", "back on the voucher"),
                    ("voucher_sold", "voucher sold"),
                    ("voucher_returned", "purchase of a voucher given back"),
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
                    ("on_voucher", "back on the voucher"),
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
                    models.Q(
                        ("status__in", ["succeeded", "by_bank", "by_dispute", "on_voucher"]),
                        _negated=True,
                    ),
                    ("given_at__isnull", False),
                    _connector="OR",
                ),
                name="given_back_says_when",
            ),
        ),
        migrations.AddField(
            model_name="courseoffer",
            name="treatment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="course_offers",
                to="bookings.treatment",
                verbose_name="treatment",
            ),
        ),
        migrations.AddField(
            model_name="voucher",
            name="treatment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="bookings.treatment",
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="voucher",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger",
                to="payments.voucher",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="voucher",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="payments.voucher",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("appointment__isnull", False), ("voucher__isnull", True)),
                    models.Q(("appointment__isnull", True), ("voucher__isnull", False)),
                    _connector="OR",
                ),
                name="entry_is_about_a_visit_or_a_voucher",
            ),
        ),
        migrations.AddConstraint(
            model_name="courseoffer",
            constraint=models.UniqueConstraint(
                fields=("treatment", "sessions"), name="one_price_for_so_many_sessions"
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(("value_cents__gt", 0)), name="a_voucher_is_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "paid"), _negated=True),
                    ("paid_at__isnull", False),
                    _connector="OR",
                ),
                name="voucher_paid_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(("given_back_cents__lte", models.F("value_cents"))),
                name="no_more_goes_back_than_a_voucher_cost",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "gift"), ("session_cents", 0), ("treatment__isnull", True)),
                    models.Q(
                        ("kind", "course"), ("session_cents__gt", 0), ("treatment__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="a_course_is_of_sessions",
            ),
        ),
        migrations.RunSQL(STAYS, migrations.RunSQL.noop),
    ]
