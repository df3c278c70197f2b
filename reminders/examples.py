"""A text as a client might get it, for who writes it. Pure."""

from reminders.wording import fill_in, plain, unknown_placeholders

# Rather long ones, so that what the owner reads is what the longest text would cost.
EXAMPLES = {
    "first_name": "Annemarijke",
    "clinic": "Linde",
    "practitioner": "Annemarijke",
    "moment": "donderdag 26 november om 14:45 uur",
    "until": "morgen om 14:45 uur",
    "length": "1 uur en 45 minuten",
    "plan": "Als het donderdag 26 november om 14:15 uur is, dan pak ik de fiets naar de kliniek.",
    "link": "https://afspraken.linde.example/a/AbCdEfGhIjKlMnOp/?b=AbCdEfG",
    "policy": (
        "Gratis annuleren of verzetten tot woensdag 25 november om 14:45 uur. "
        "Daarna kost annuleren € 45."
    ),
    "amount": "€ 145,00",
    "money": "voor je late annulering staat nog € 145,00 open, zoals afgesproken.",
    "how": "Antwoord JA, of kijk op",
    "now": "14:15 uur",
    "action": "pak ik de fiets naar de kliniek",
    "expires": "vandaag om 14:45 uur",
    "release": (
        "Graag vóór vandaag om 14:45 uur: antwoord JA. Zonder antwoord gaat de tijd naar wie wacht."
    ),
}


def example(text: str) -> str:
    """Return a text message filled in with long words; one that cannot be filled in as it is."""
    return text if unknown_placeholders(text) else plain(fill_in(text, EXAMPLES))
