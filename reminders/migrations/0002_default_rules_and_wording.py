"""The rules and texts a clinic starts with; she edits them afterwards."""

from datetime import time, timedelta
from typing import Any

from django.db import migrations

RULES: list[dict[str, Any]] = [
    {"name": "Bevestiging per bericht", "on": "agreed", "wording": "confirmation", "reach": "text"},
    {"name": "Bevestiging per e-mail", "on": "agreed", "wording": "confirmation", "reach": "email"},
    {
        "name": "Vraag om te bevestigen, 3 dagen ervoor",
        "on": "before_start",
        "hours_before": 72,
        "wording": "confirm_question",
        "asks": True,
        "least_notice": timedelta(days=4),
    },
    {
        "name": "Herinnering, 1 dag ervoor om 9 uur",
        "on": "before_start",
        "days_before": 1,
        "at_time": time(9),
        "wording": "reminder",
    },
    {"name": "Annulering", "on": "cancelled", "wording": "cancelled"},
    {"name": "Betaallink", "on": "payment_asked", "wording": "pay_link"},
]

CONFIRMATION_MAIL_NL = """Hoi {first_name},

Je afspraak staat vast: {moment} bij {practitioner}, {clinic}.

{plan}

{policy}

Bekijken, verzetten of annuleren kan hier:
{link}

Tot dan,
{clinic}"""

CONFIRMATION_MAIL_U = """Beste {first_name},

Uw afspraak staat vast: {moment} bij {practitioner}, {clinic}.

{plan}

{policy}

Bekijken, verzetten of annuleren kan hier:
{link}

Tot dan,
{clinic}"""

CONFIRMATION_MAIL_EN = """Hi {first_name},

Your appointment is set: {moment} with {practitioner}, {clinic}.

{plan}

{policy}

See, move or cancel it here:
{link}

See you then,
{clinic}"""

WORDING: list[tuple[str, str, str, str, str]] = [
    (
        "confirmation",
        "nl",
        "Je afspraak bij {clinic}: {moment}",
        "Hoi {first_name}, je afspraak bij {clinic} staat vast: {moment} bij {practitioner}. {plan} "
        "Bekijk, verzet of annuleer: {link}",
        CONFIRMATION_MAIL_NL,
    ),
    (
        "confirmation",
        "nl-u",
        "Uw afspraak bij {clinic}: {moment}",
        "Beste {first_name}, uw afspraak bij {clinic} staat vast: {moment} bij {practitioner}. "
        "{plan} Bekijk, verzet of annuleer: {link}",
        CONFIRMATION_MAIL_U,
    ),
    (
        "confirmation",
        "en",
        "Your appointment at {clinic}: {moment}",
        "Hi {first_name}, your appointment at {clinic} is set: {moment} with {practitioner}. {plan} "
        "See, move or cancel it: {link}",
        CONFIRMATION_MAIL_EN,
    ),
    (
        "confirm_question",
        "nl",
        "Kom je {moment}?",
        "Hoi {first_name}, kom je {moment} naar {clinic}? {plan} {how} {link}",
        "",
    ),
    (
        "confirm_question",
        "nl-u",
        "Komt u {moment}?",
        "Beste {first_name}, komt u {moment} naar {clinic}? {plan} {how} {link}",
        "",
    ),
    (
        "confirm_question",
        "en",
        "Will you come {moment}?",
        "Hi {first_name}, will you come to {clinic} {moment}? {plan} {how} {link}",
        "",
    ),
    (
        "reminder",
        "nl",
        "Tot {until}",
        "Hoi {first_name}, we hebben tijd voor je gereserveerd, tot {until}! {practitioner} "
        "verwacht je. {plan} Alles over je afspraak: {link}",
        "",
    ),
    (
        "reminder",
        "nl-u",
        "Tot {until}",
        "Beste {first_name}, we hebben tijd voor u gereserveerd, tot {until}! {practitioner} "
        "verwacht u. {plan} Alles over uw afspraak: {link}",
        "",
    ),
    (
        "reminder",
        "en",
        "See you {until}",
        "Hi {first_name}, we have reserved time for you: see you {until}! {practitioner} is "
        "expecting you. {plan} All about your appointment: {link}",
        "",
    ),
    (
        "cancelled",
        "nl",
        "Je afspraak is geannuleerd",
        "Hoi {first_name}, je afspraak van {moment} is geannuleerd. {money} Bekijk: {link}",
        "",
    ),
    (
        "cancelled",
        "nl-u",
        "Uw afspraak is geannuleerd",
        "Beste {first_name}, uw afspraak van {moment} is geannuleerd. {money} Bekijk: {link}",
        "",
    ),
    (
        "cancelled",
        "en",
        "Your appointment was cancelled",
        "Hi {first_name}, your appointment of {moment} was cancelled. {money} See: {link}",
        "",
    ),
    (
        "pay_link",
        "nl",
        "Betalen voor je afspraak bij {clinic}",
        "Hoi {first_name}, {money} Betalen kan hier: {link}",
        "",
    ),
    (
        "pay_link",
        "nl-u",
        "Betalen voor uw afspraak bij {clinic}",
        "Beste {first_name}, {money} Betalen kan hier: {link}",
        "",
    ),
    (
        "pay_link",
        "en",
        "Paying for your appointment at {clinic}",
        "Hi {first_name}, {money} You can pay here: {link}",
        "",
    ),
    (
        "reply_confirmed",
        "nl",
        "Fijn dat je komt",
        "Fijn, {first_name}. We zien je {moment}. {link}",
        "",
    ),
    (
        "reply_confirmed",
        "nl-u",
        "Fijn dat u komt",
        "Fijn, {first_name}. We zien u {moment}. {link}",
        "",
    ),
    (
        "reply_confirmed",
        "en",
        "Good to hear",
        "Good to hear, {first_name}. See you {moment}. {link}",
        "",
    ),
    (
        "reply_link",
        "nl",
        "Over je afspraak",
        "Dank voor je bericht. Bevestigen, verzetten of annuleren kan hier: {link}",
        "",
    ),
    (
        "reply_link",
        "nl-u",
        "Over uw afspraak",
        "Dank voor uw bericht. Bevestigen, verzetten of annuleren kan hier: {link}",
        "",
    ),
    (
        "reply_link",
        "en",
        "About your appointment",
        "Thank you for your message. Confirm, move or cancel here: {link}",
        "",
    ),
]


def add(apps: Any, schema_editor: Any) -> None:
    """Add the rules and texts."""
    rule, wording = apps.get_model("reminders", "Rule"), apps.get_model("reminders", "Wording")
    for values in RULES:
        rule.objects.create(**values)
    for key, language, subject, text, email_text in WORDING:
        wording.objects.create(
            key=key, language=language, subject=subject, text=text, email_text=email_text
        )


class Migration(migrations.Migration):
    dependencies = [("reminders", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
