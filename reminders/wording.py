"""Texts with placeholders: filling them in, and what they cost to send. Pure."""

import re
from collections.abc import Iterable, Mapping

PLACEHOLDERS = frozenset(
    "first_name clinic practitioner moment until length plan link policy amount money how expires"
    " now action release".split()
)
_NAME = re.compile(r"\{([a-z_]*)\}")
_IN_BRACES = re.compile(r"\{([^{}]*)\}")  # a name, or what was meant to be one

# One curly quote or hard space leaves the plain SMS alphabet: a part then holds 70 characters
# instead of 160, and each part is paid for.
PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€")


def placeholders(text: str) -> set[str]:
    """Return all that stands in braces in a text: the names of its placeholders."""
    return set(_IN_BRACES.findall(text))


def unknown_placeholders(text: str) -> list[str]:
    """Return the placeholders in a text that nothing can be filled in for."""
    return sorted(placeholders(text) - PLACEHOLDERS)


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """Return the text with each placeholder's value; spaces left by empty ones close up.

    :raises KeyError: if a placeholder has no value
    """
    filled = _NAME.sub(lambda found: values[found[1]], text)
    lines = (re.sub(r" {2,}", " ", line).strip() for line in filled.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def plain(text: str) -> str:
    """Return the text with look-alikes from the plain SMS alphabet where there are any."""
    return text.translate(PLAIN)


def outside_gsm(text: str) -> str:
    """Return the characters for which a text needs the wide SMS alphabet, each once."""
    return "".join(dict.fromkeys(c for c in text if c not in _GSM and c not in _GSM_DOUBLE))


def segments(text: str) -> int:
    """Return how many parts an SMS of this text is sent in.

    160 characters of GSM-7 in one part, 153 in each of several; 70 and 67 UTF-16 units as soon as
    one character lies outside that alphabet (3GPP TS 23.038 and 23.040).
    """
    if all(c in _GSM or c in _GSM_DOUBLE for c in text):
        return _parts((2 if c in _GSM_DOUBLE else 1 for c in text), one=160, each=153)
    return _parts((2 if ord(c) > 0xFFFF else 1 for c in text), one=70, each=67)


def _parts(sizes: Iterable[int], *, one: int, each: int) -> int:
    """Return how many parts hold these characters; none is cut in two."""
    sizes = list(sizes)
    if sum(sizes) <= one:
        return 1
    parts, room = 1, each
    for size in sizes:
        if size > room:
            parts, room = parts + 1, each
        room -= size
    return parts
