"""Rules for after the visit, of some treatments only, and two texts; out of use until asked for."""

from datetime import time, timedelta
from typing import Any

from django.db import migrations, models

RULES: list[dict[str, Any]] = [
    {
        "name": "Voorbereiding, een week ervoor",
        "on": "before_start",
        "days": 7,
        "at_time": time(10),
        "wording": "preparation",
        "least_notice": timedelta(days=14),
        "is_active": False,
    },
    {
        "name": "Na het bezoek, de dag erna",
        "on": "after_visit",
        "days": 1,
        "at_time": time(10),
        "wording": "after_visit",
        "is_active": False,
    },
]
WORDING = [
    (
        "preparation",
        "nl",
        "Zo bereid je je voor",
        "Hoi {first_name}, {moment} kom je naar {clinic}. Zo bereid je je voor: {link}",
    ),
    (
        "preparation",
        "nl-u",
        "Zo bereidt u zich voor",
        "Beste {first_name}, {moment} komt u naar {clinic}. Zo bereidt u zich voor: {link}",
    ),
    (
        "preparation",
        "en",
        "How to prepare",
        "Hi {first_name}, you are coming to {clinic} {moment}. This is how to prepare: {link}",
    ),
    (
        "after_visit",
        "nl",
        "Fijn dat je er was",
        "Hoi {first_name}, fijn dat je er was. Wat je deze dagen kunt merken, en wat dan helpt: "
        "{link} Is er iets, laat het ons weten. {clinic}",
    ),
    (
        "after_visit",
        "nl-u",
        "Fijn dat u er was",
        "Beste {first_name}, fijn dat u er was. Wat u deze dagen kunt merken, en wat dan helpt: "
        "{link} Is er iets, laat het ons weten. {clinic}",
    ),
    (
        "after_visit",
        "en",
        "It was good to see you",
        "Hi {first_name}, it was good to see you. What you may notice these days, and what helps: "
        "{link} Tell us if anything is wrong. {clinic}",
    ),
]
TEXTS = ("preparation", "after_visit")


def add(apps: Any, schema_editor: Any) -> None:
    """Add both rules, not in use, and their texts."""
    rules, texts = (apps.get_model("reminders", name) for name in ("Rule", "Wording"))
    for rule in RULES:
        rules.objects.create(**rule)
    for key, language, subject, text in WORDING:
        texts.objects.create(key=key, language=language, subject=subject, text=text)


def remove(apps: Any, schema_editor: Any) -> None:
    apps.get_model("reminders", "Rule").objects.filter(wording__in=TEXTS).delete()
    apps.get_model("reminders", "Wording").objects.filter(key__in=TEXTS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0023_treatment_cards"),
        ("reminders", "0009_experiments"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="rule",
            name="a_rule_before_the_start_says_how_long",
        ),
        migrations.RenameField("rule", "days_before", "days"),
        migrations.RenameField("rule", "hours_before", "hours"),
        migrations.AlterField(
            model_name="rule",
            name="days",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="days before or after"
            ),
        ),
        migrations.AlterField(
            model_name="rule",
            name="hours",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="hours before or after"
            ),
        ),
        migrations.AddField(
            model_name="rule",
            name="since",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="What was due before is not told.", null=True
            ),
        ),
        migrations.AddField(
            model_name="rule",
            name="treatments",
            field=models.ManyToManyField(
                blank=True,
                help_text="None chosen: of all of them.",
                related_name="rules",
                to="bookings.treatment",
                verbose_name="only of these treatments",
            ),
        ),
        migrations.AlterField(
            model_name="experiment",
            name="wording",
            field=models.CharField(
                blank=True,
                choices=[
                    ("confirmation", "confirmation"),
                    ("confirm_question", "question to confirm"),
                    ("reminder", "reminder the day before"),
                    ("preparation", "how to prepare"),
                    ("after_visit", "after the visit"),
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
            model_name="rule",
            name="on",
            field=models.CharField(
                choices=[
                    ("agreed", "booked or moved"),
                    ("before_start", "before the start"),
                    ("after_visit", "after the visit"),
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
                    ("preparation", "how to prepare"),
                    ("after_visit", "after the visit"),
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
                    ("preparation", "how to prepare"),
                    ("after_visit", "after the visit"),
                    ("cancelled", "cancelled"),
                    ("pay_link", "link to pay"),
                    ("offer", "offer of a time that came free"),
                    ("cue", "her plan, at its own moment"),
                    ("reply_confirmed", "answer to yes"),
                    ("reply_link", "answer with the link"),
                    ("by_hand", "message by hand"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="templateapproval",
            name="wording",
            field=models.CharField(
                choices=[
                    ("confirmation", "confirmation"),
                    ("confirm_question", "question to confirm"),
                    ("reminder", "reminder the day before"),
                    ("preparation", "how to prepare"),
                    ("after_visit", "after the visit"),
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
        migrations.AlterField(
            model_name="wording",
            name="key",
            field=models.CharField(
                choices=[
                    ("confirmation", "confirmation"),
                    ("confirm_question", "question to confirm"),
                    ("reminder", "reminder the day before"),
                    ("preparation", "how to prepare"),
                    ("after_visit", "after the visit"),
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
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("on__in", ["before_start", "after_visit"]), _negated=True),
                    ("hours__isnull", False),
                    models.Q(("days__isnull", False), ("at_time__isnull", False)),
                    _connector="OR",
                ),
                name="a_rule_before_or_after_says_how_long",
            ),
        ),
        migrations.RunPython(add, remove),
    ]
