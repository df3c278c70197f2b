"""What stands on receipts besides the address."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0016_quiet_hours"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="registration",
            field=models.CharField(
                blank=True, max_length=20, verbose_name="number at the chamber of commerce"
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="vat_number",
            field=models.CharField(blank=True, max_length=20, verbose_name="VAT number"),
        ),
    ]
