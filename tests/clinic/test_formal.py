"""The Dutch texts: the formal ones beside the plain ones."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from clinic.address import FORMAL_DUTCH

FAMILIAR = re.compile(r"\b(je|jij|jou|jouw|jezelf|jullie)\b", re.IGNORECASE)
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}|<\w+>")
# The screens of clients, and what every screen shares; desk, office and admin speak to staff.
TO_CLIENTS = re.compile(r"clinic/portal/|templates/(portal/|parts/|[^/]+$)")


def catalogue(locale: str) -> Catalog:
    path = Path(settings.BASE_DIR) / "locale" / locale / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return read_po(file)


PLAIN, FORMAL = catalogue("nl"), catalogue("nl_Formal")


def entries(texts: Catalog) -> list[Message]:
    return [message for message in texts if message.id]


def forms(text: str | list[str] | tuple[str, ...]) -> list[str]:
    """Return the text, or its singular and plural."""
    return [text] if isinstance(text, str) else list(text)


def is_familiar(message: Message) -> bool:
    return any(FAMILIAR.search(form) for form in forms(message.string))


def placeholders(message: Message) -> list[list[str]]:
    return [sorted(PLACEHOLDER.findall(form)) for form in forms(message.string)]


@pytest.mark.parametrize("formal", entries(FORMAL), ids=lambda message: str(message.id))
def test_a_formal_text_stands_beside_a_plain_one_with_the_same_placeholders(formal):
    plain = PLAIN.get(formal.id, formal.context)

    assert plain is not None
    assert placeholders(formal) == placeholders(plain)
    assert formal.string != plain.string
    assert all(forms(formal.string))
    assert not is_familiar(formal)


def test_whatever_says_je_to_clients_has_a_formal_text():
    familiar = [
        message
        for message in entries(PLAIN)
        if is_familiar(message) and any(TO_CLIENTS.match(path) for path, _ in message.locations)
    ]

    assert familiar
    assert [m.id for m in familiar if FORMAL.get(m.id, m.context) is None] == []


@pytest.mark.parametrize("texts", [PLAIN, FORMAL], ids=["plain", "formal"])
def test_no_text_shouts_or_holds_an_em_dash(texts):
    loud = [
        m.id for m in entries(texts) if any(re.search("[!—]", form) for form in forms(m.string))
    ]

    assert loud == []


def test_what_the_formal_catalogue_lacks_is_taken_from_plain_dutch():
    with translation.override(FORMAL_DUTCH):
        assert [gettext("Your appointment"), gettext("Cancel")] == ["Uw afspraak", "Annuleren"]
