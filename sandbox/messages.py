"""Collect the texts of the screens into the catalogues, by Babel: no gettext programs needed."""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.core import parse_locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from sandbox.places import CHECKOUT

Text = str | list[str] | tuple[str, ...]

# Lines that say nothing here, or would change every time.
EMPTY_HEADERS = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Generated-By',
    b'"Last-Translator',
    b'"Language-Team',
    b'"Report-Msgid-Bugs-To',
)
APPS = ("bookings", "payments", "reminders", "retention", "clinic")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def main() -> None:
    """Bring every catalogue up to date with the sources, and compile it."""
    if not settings.configured:
        settings.configure()  # only for the names of the template tags
    template = _collected()
    for folder in sorted(path for path in (CHECKOUT / "locale").iterdir() if path.is_dir()):
        _update(folder, template)


def _collected() -> Catalog:
    catalog = Catalog(project="kliniek")
    for path, source in _sources():
        found = extract("python", io.BytesIO(source.encode()), KEYWORDS, ["Translators:"])
        for _line, message, comments, context in found:
            name = str(path.relative_to(CHECKOUT))
            catalog.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return catalog


def _sources() -> Iterator[tuple[Path, str]]:
    for app in APPS:
        for path in sorted((CHECKOUT / app).rglob("*.py")):
            yield path, path.read_text()
    for path in sorted((CHECKOUT / "templates").rglob("*.*")):
        # Django writes a template's texts as calls to gettext; the rest becomes one long X.
        lines = templatize(path.read_text(), origin=str(path)).splitlines()
        yield path, "\n".join(line.strip() for line in lines)


def _update(folder: Path, template: Catalog) -> None:
    target = folder / "LC_MESSAGES" / "django.po"
    known = _read(target, folder.name)
    texts = [(message, _translation(message, known)) for message in template if message.id]
    if _is_overlay(folder.name):
        texts = [(message, string) for message, string in texts if string]
    _write(_catalog(folder.name, texts), target)
    _tell(folder.name, texts)


def _is_overlay(locale: str) -> bool:
    """Tell whether the catalogue holds only what differs from that of its language: nl_Formal."""
    variant = parse_locale(locale)[3]
    return variant is not None


def _catalog(locale: str, texts: list[tuple[Message, Text | None]]) -> Catalog:
    catalog = Catalog(
        locale=locale,
        project="kliniek",
        version="1",
        header_comment="# The texts of the clinic; `make messages` keeps them up to date.",
        fuzzy=False,
    )
    for message, string in texts:
        places = [(name, 0) for name in sorted({name for name, _ in message.locations})]
        catalog.add(
            message.id,
            string,
            places,
            auto_comments=message.auto_comments,
            context=message.context,
        )
    return catalog


def _tell(locale: str, texts: list[tuple[Message, Text | None]]) -> None:
    missing = [message.id for message, string in texts if string is None]
    print(f"{locale}: {len(texts)} texts, {len(missing)} of them not translated")
    for text in missing:
        print(f"  {text if isinstance(text, str) else text[0]}")


def _translation(message: Message, known: Catalog) -> Text | None:
    """Return the whole translation; none when there is no such."""
    found = known.get(message.id, message.context)
    return found.string if found and found.string and all(found.string) else None


def _read(path: Path, locale: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def _write(catalog: Catalog, target: Path) -> None:
    """Write both forms of the catalogue."""
    target.parent.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    write_po(text, catalog, width=100, sort_output=True, include_lineno=False)
    lines = text.getvalue().splitlines(keepends=True)
    target.write_bytes(b"".join(line for line in lines if not line.startswith(EMPTY_HEADERS)))
    with target.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
