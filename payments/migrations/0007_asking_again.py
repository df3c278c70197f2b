"""An open fee is asked again a few times."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0006_refund_no_longer_due"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="asked_times",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        # Who was asked before was asked once.
        migrations.RunSQL(
            "UPDATE payments_payment SET asked_times = 1 WHERE asked_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
