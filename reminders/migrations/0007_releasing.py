"""A text that asks again says until when, and what happens without an answer."""

from typing import Any

from django.conf import settings
from django.db import migrations, models

RELEASE = " {release}"


def say_so(apps: Any, schema_editor: Any) -> None:
    """Let the reminder of the day before say it; without such a rule it stays empty."""
    for text in apps.get_model("reminders", "Wording").objects.filter(key="reminder"):
        if RELEASE.strip() not in text.text:
            text.text += RELEASE
            text.save(update_fields=["text"])


def no_longer(apps: Any, schema_editor: Any) -> None:
    for text in apps.get_model("reminders", "Wording").objects.filter(key="reminder"):
        text.text = text.text.replace(RELEASE, "")
        text.save(update_fields=["text"])


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0022_unanswered"),
        ("reminders", "0006_inbox"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="step",
            name="answer_by",
            field=models.DateTimeField(
                blank=True,
                help_text="Until when she was told to answer, or her time goes to somebody else.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(("answer_by__isnull", False)),
                fields=["answer_by"],
                name="step_answer_by",
            ),
        ),
        migrations.RunPython(say_so, no_longer),
    ]
