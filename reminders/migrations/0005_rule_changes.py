"""How far the waiting steps have followed changed rules."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0004_cues_and_questions"),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                (
                    "total",
                    models.PositiveIntegerField(help_text="Appointments to come at that moment."),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                (
                    "reached",
                    models.BigIntegerField(default=0, help_text="The last appointment looked at."),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "change of the rules",
                "verbose_name_plural": "changes of the rules",
            },
        ),
    ]
