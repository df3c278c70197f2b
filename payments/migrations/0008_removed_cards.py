"""A client may take away the card that she let us keep."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0007_asking_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="stripecustomer",
            name="card_removed_at",
            field=models.DateTimeField(
                blank=True,
                help_text="From then on it is not charged, and Stripe is told.",
                null=True,
            ),
        ),
    ]
