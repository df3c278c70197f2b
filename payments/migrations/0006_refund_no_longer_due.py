"""A refund may be no longer due: somebody gave it by hand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0005_reconciliation"),
    ]

    operations = [
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
                    ("void", "no longer due"),
                ],
                default="new",
                max_length=10,
            ),
        ),
    ]
