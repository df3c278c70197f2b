"""What a client dreads or asks, and her plan told at its own moment; a rule and its texts."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RULE = {"name": "Het plan, op zijn eigen moment", "on": "cue", "wording": "cue"}

WORDING: list[tuple[str, str, str]] = [
    (
        "nl",
        "Het is {now}: je plan",
        "Hoi {first_name}, het is {now}. Jouw plan: dan {action}. Alles over je afspraak: {link}",
    ),
    (
        "nl-u",
        "Het is {now}: uw plan",
        "Beste {first_name}, het is {now}. Uw plan: dan {action}. Alles over uw afspraak: {link}",
    ),
    (
        "en",
        "It is {now}: your plan",
        "Hi {first_name}, it is {now}. Your plan: then I {action}. All about your appointment: "
        "{link}",
    ),
]


def add(apps: Any, schema_editor: Any) -> None:
    """Add the rule and its texts."""
    apps.get_model("reminders", "Rule").objects.create(**RULE)
    wording = apps.get_model("reminders", "Wording")
    for language, subject, text in WORDING:
        wording.objects.create(key="cue", language=language, subject=subject, text=text)


def remove(apps: Any, schema_editor: Any) -> None:
    """Take them away again."""
    apps.get_model("reminders", "Step").objects.filter(wording="cue").delete()
    apps.get_model("reminders", "Rule").objects.filter(on="cue").delete()
    apps.get_model("reminders", "Wording").objects.filter(key="cue").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0020_plans_written"),
        ("reminders", "0003_offers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="ifthenplan",
            name="tells",
            field=models.BooleanField(
                default=False,
                help_text="She asked for it herself.",
                verbose_name="told at that moment",
            ),
        ),
        migrations.AddField(
            model_name="ifthenplan",
            name="worry",
            field=models.CharField(blank=True, max_length=160, verbose_name="what she dreads"),
        ),
        migrations.AddField(
            model_name="ifthenplan",
            name="worry_answer",
            field=models.CharField(blank=True, max_length=160, verbose_name="what helps her then"),
        ),
        migrations.AlterField(
            model_name="rule",
            name="on",
            field=models.CharField(
                choices=[
                    ("agreed", "booked or moved"),
                    ("before_start", "before the start"),
                    ("cancelled", "cancelled"),
                    ("payment_asked", "payment asked"),
                    ("offered", "a time offered from the waitlist"),
                    ("cue", "the moment in her plan, if she wants that"),
                ],
                max_length=20,
                verbose_name="when",
            ),
        ),
        migrations.AlterField(
            model_name="rule",
            name="wording",
            field=models.CharField(
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
                verbose_name="text",
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="wording",
            field=models.CharField(
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
            ),
        ),
        migrations.AlterField(
            model_name="wording",
            name="key",
            field=models.CharField(
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
                verbose_name="text",
            ),
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=500)),
                ("is_worry", models.BooleanField(default=False)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "appointment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="bookings.appointment",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "ordering": ["asked_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at", None)),
                        fields=["asked_at"],
                        name="question_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None), ("is_worry", True)),
                        fields=("appointment",),
                        name="one_open_worry_per_visit",
                    )
                ],
            },
        ),
        migrations.RunPython(add, remove),
    ]
