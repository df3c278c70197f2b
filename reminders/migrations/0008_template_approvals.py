"""What WhatsApp says of our templates."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0007_releasing"),
    ]

    operations = [
        migrations.CreateModel(
            name="TemplateApproval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "wording",
                    models.CharField(
                        choices=[
                            ("confirmation", "confirmation"),
                            ("confirm_question", "question to confirm"),
                            ("reminder", "reminder the day before"),
                            ("cancelled", "cancelled"),
                            ("pay_link", "link to pay"),
                            ("offer", "offer of a time that came free"),
                            ("cue", "her plan, at its own moment"),
                            ("reply_confirmed", "answer to yes"),
                            ("reply_link", "answer with the link"),
                        ],
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("content_sid", models.CharField(max_length=40)),
                ("status", models.CharField(max_length=20)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("checked_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "approval of a WhatsApp template",
                "verbose_name_plural": "approvals of WhatsApp templates",
                "ordering": ["wording"],
            },
        ),
    ]
