"""A rule and its texts for an offer from the waitlist; the clinic edits them afterwards."""

from typing import Any

from django.db import migrations, models

RULE = {"name": "Aanbod van de wachtlijst", "on": "offered", "wording": "offer"}

WORDING: list[tuple[str, str, str]] = [
    (
        "nl",
        "Er is een tijd vrij: {moment}",
        "Hoi {first_name}, bij {clinic} is een tijd vrij: {moment}. We houden hem voor je vast tot "
        "{expires}. Ja of nee zeggen kan hier: {link}",
    ),
    (
        "nl-u",
        "Er is een tijd vrij: {moment}",
        "Beste {first_name}, bij {clinic} is een tijd vrij: {moment}. We houden hem voor u vast "
        "tot {expires}. Ja of nee zeggen kan hier: {link}",
    ),
    (
        "en",
        "A time is free: {moment}",
        "Hi {first_name}, a time is free at {clinic}: {moment}. We hold it for you until "
        "{expires}. Say yes or no here: {link}",
    ),
]


def add(apps: Any, schema_editor: Any) -> None:
    """Add the rule and its texts."""
    apps.get_model("reminders", "Rule").objects.create(**RULE)
    wording = apps.get_model("reminders", "Wording")
    for language, subject, text in WORDING:
        wording.objects.create(key="offer", language=language, subject=subject, text=text)


def remove(apps: Any, schema_editor: Any) -> None:
    """Take them away again."""
    apps.get_model("reminders", "Step").objects.filter(wording="offer").delete()
    apps.get_model("reminders", "Rule").objects.filter(on="offered").delete()
    apps.get_model("reminders", "Wording").objects.filter(key="offer").delete()


KEYS = [
    ("confirmation", "confirmation"),
    ("confirm_question", "question to confirm"),
    ("reminder", "reminder the day before"),
    ("cancelled", "cancelled"),
    ("pay_link", "link to pay"),
    ("offer", "offer of a time that came free"),
    ("reply_confirmed", "answer to yes"),
    ("reply_link", "answer with the link"),
]
EVENTS = [
    ("agreed", "booked or moved"),
    ("before_start", "before the start"),
    ("cancelled", "cancelled"),
    ("payment_asked", "payment asked"),
    ("offered", "a time offered from the waitlist"),
]


class Migration(migrations.Migration):
    dependencies = [("reminders", "0002_default_rules_and_wording")]
    operations = [
        migrations.AlterField(
            "rule", "on", models.CharField(choices=EVENTS, max_length=20, verbose_name="when")
        ),
        migrations.AlterField(
            "rule", "wording", models.CharField(choices=KEYS, max_length=20, verbose_name="text")
        ),
        migrations.AlterField("step", "wording", models.CharField(choices=KEYS, max_length=20)),
        migrations.AlterField(
            "wording", "key", models.CharField(choices=KEYS, max_length=20, verbose_name="text")
        ),
        migrations.RunPython(add, remove),
    ]
