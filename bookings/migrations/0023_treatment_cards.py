"""What a treatment is honestly like: how it feels, what it does, and afterwards."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0022_unanswered"),
    ]

    operations = [
        migrations.AddField(
            model_name="treatment",
            name="after_en",
            field=models.TextField(blank=True, verbose_name="afterwards, in English"),
        ),
        migrations.AddField(
            model_name="treatment",
            name="after_nl",
            field=models.TextField(
                blank=True, help_text="What is normal, and when to call.", verbose_name="afterwards"
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="expect_en",
            field=models.TextField(blank=True, verbose_name="what it does, in English"),
        ),
        migrations.AddField(
            model_name="treatment",
            name="expect_nl",
            field=models.TextField(
                blank=True,
                help_text="For most people, after how many times, and what it does not do.",
                verbose_name="what it does",
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="feels_en",
            field=models.TextField(blank=True, verbose_name="how it feels, in English"),
        ),
        migrations.AddField(
            model_name="treatment",
            name="feels_nl",
            field=models.TextField(
                blank=True,
                help_text="Honestly: does it hurt, where, for how long?",
                verbose_name="how it feels",
            ),
        ),
    ]
