"""Whether vouchers are sold, and what is paid from one."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0018_disputes"),
    ]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="by_voucher",
            field=models.BooleanField(
                default=False, help_text="What is asked beforehand comes from a voucher."
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="sells_vouchers",
            field=models.BooleanField(
                default=False, verbose_name="gift vouchers and prepaid courses are sold online"
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="voucher_months",
            field=models.PositiveSmallIntegerField(
                default=24,
                validators=[django.core.validators.MinValueValidator(12)],
                verbose_name="months that a voucher can be used",
            ),
        ),
    ]
