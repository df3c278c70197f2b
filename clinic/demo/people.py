"""Clients who never existed: names, numbers, and how they tend to behave."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.utils import translation

from bookings.models import Client
from clinic.demo.draws import draws
from clinic.portal.forms import DetailsForm

FIRST_NAMES = (
    "Sanne Emma Lotte Anna Eva Fleur Julia Sophie Femke Roos Maud Iris Marieke Annemiek Petra "
    "Ingrid Wilma Truus Hanneke Marloes Anouk Jorien Elif Zeynep Ayşe Esra Fatma Naima Samira "
    "Yasmina Soumaya Khadija Hanane Meryem Priya Anjali Shanti Soraya Chantal Naomi Ruth Giulia "
    "Agnieszka Katarzyna Magda Olga Mei Lin Thu Linh Abena Akosua Gracia Mirjam Esther Rachel "
    "Bas Daan Thijs Ruben Jeroen Mark Willem Kees Hans Youssef Mehmet Ravi Sem Milan Piotr Kwame"
).split()
LAST_NAMES = (
    "de Jong|Jansen|de Vries|van den Berg|Bakker|van Dijk|Visser|Smit|Meijer|de Boer|Mulder|"
    "de Groot|Bos|Vos|Peters|Hendriks|van Leeuwen|Dekker|Brouwer|de Wit|Dijkstra|Smits|de Graaf|"
    "van der Meer|Kuipers|Hoekstra|Postma|Veenstra|Yılmaz|Kaya|Demir|Öztürk|Çelik|El Amrani|"
    "Bouzid|Ait Ali|Benali|El Khattabi|Ramdin|Soerdjan|Pinas|Kartosen|Martina|Rosario|Nowak|"
    "Kowalska|Rossi|Nguyen|Chen|Mensah|Boateng|Silva|Wijaya|Tahitu|Cohen|Schouten|Verhoeven|"
    "van Beek|Willems"
).split("|")
# No Dutch mobile numbers are set aside for fiction. 066 belongs to the pagers of old: such a number
# is valid, begins as a mobile one does, and can never be anybody's telephone.
NUMBERS = "+3166{:07d}"
# These belong to nobody, by RFC 2606.
MAIL_DOMAINS = ("example.com", "example.org", "example.net")


@dataclass(frozen=True, slots=True)
class Habits:
    """How one client tends to behave; chances from 0 to 1."""

    carelessness: float  # times the clinic's average of misses and late cancellations
    visits: float  # how often she comes, against the average
    answers: float  # the chance that she answers the question to confirm
    plans: float  # the chance that she writes an if-then plan when it is offered
    joins: float  # which part of the history had passed when she first came


def habits_of(number: int) -> Habits:
    """Return the habits of the client with this number."""
    draw = draws("habits", number)
    return Habits(
        carelessness=min(draw.lognormvariate(-0.35, 0.85), 6.0),
        visits=min(draw.lognormvariate(-0.3, 0.8), 5.0),
        answers=draw.uniform(0.35, 0.95),
        plans=draw.betavariate(1.2, 1.6),
        joins=max(0.0, draw.uniform(-0.6, 1.0)),
    )


def made_up_clients(count: int, *, now: datetime, since: datetime) -> list[Client]:
    """Return clients, not written yet, in the order of their numbers.

    The first one registers `now`, which afterwards tells when the demo clinic was made.
    """
    draw = draws("clients")
    clients: list[Client] = []
    for number in range(count):
        joins = since + (now - since) * habits_of(number).joins
        family = clients[-1] if clients and draw.random() < 0.02 else None
        clients.append(_client(number, draw, family=family, joins=joins if number else now))
    return clients


def _client(number: int, draw: Random, *, family: Client | None, joins: datetime) -> Client:
    first_name = draw.choice(FIRST_NAMES)
    last_name = family.last_name if family else draw.choice(LAST_NAMES)
    reach_by = draw.choices(list(Client.ReachBy), weights=[50, 38, 12])[0]
    client = Client(
        first_name=first_name,
        last_name=last_name,
        phone=family.phone if family else NUMBERS.format(number),
        email=f"{_letters(first_name + last_name)}{number}@{draw.choice(MAIL_DOMAINS)}",
        language="en" if draw.random() < 0.08 else "nl",
        reach_by=reach_by,
        is_demo=True,
        created_at=joins,
    )
    if reach_by == Client.ReachBy.WHATSAPP:
        client.whatsapp_opted_in_at = joins
        client.whatsapp_opt_in_text = _consent(client.language)
    elif draw.random() < 0.015:
        client.sms_opted_out_at = joins + timedelta(hours=30)
    return client


def _consent(language: str) -> str:
    """Return what she ticked: the words of the portal's own form."""
    with translation.override(language):
        return str(DetailsForm.base_fields["whatsapp_consent"].label)


def _letters(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.lower().replace("ı", "i"))
    return "".join(letter for letter in bare if "a" <= letter <= "z")
