"""The messages of the pages: `scripts/messages` brings the catalogues up to date, and a test finds what they lack."""

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import service.pages
from service.pages.frame.language import TAGS
from service.pages.frame.names import messages as messages_of_fields
from service.pages.frame.terms import messages as messages_of_terms
from service.pages.record.messages import messages as messages_of_forms
from service.pages.sheets.upload.messages import messages as messages_of_sheets

ROOM: Final = Path(service.pages.__file__).parent
METHODS: Final = [
    ("**.py", "python"),
    ("**.html", "jinja2.ext:babel_extract"),
    ("**.txt", "jinja2.ext:babel_extract"),
]
_OF_TEMPLATES: Final = {
    "trimmed": "true",
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
}
OPTIONS: Final = {"**.html": _OF_TEMPLATES, "**.txt": _OF_TEMPLATES}
LINE_CHARACTERS_MAX: Final = 120


def path_of(tag: str) -> Path:
    """Return the file of a language's catalogue."""
    return ROOM / "frame" / f"{tag}.po"


def extracted() -> Catalog:
    """Return all messages: those in templates and code, and those of closed lists, fields and forms."""
    catalogue = Catalog()
    found = extract_from_dir(
        str(ROOM), METHODS, OPTIONS, keywords={"_": None, "gettext": None, "ngettext": (1, 2)}
    )
    for _, _, message, _, _ in found:
        catalogue.add(message)
    others = (messages_of_terms, messages_of_fields, messages_of_forms, messages_of_sheets)
    for message in chain.from_iterable(messages() for messages in others):
        catalogue.add(message)
    return catalogue


def current(tag: str) -> Catalog:
    """Return a language's catalogue as it is in the file."""
    with path_of(tag).open("rb") as file:
        return read_po(file, locale=tag)


def updated(tag: str) -> Catalog:
    """Return a language's catalogue with exactly the present messages, in alphabetical order."""
    now, before = extracted(), current(tag)
    whole = Catalog(locale=tag, header_comment=before.header_comment)
    for message in sorted(now, key=lambda one: str(one.id)):
        if message.id:
            known = before.get(message.id if isinstance(message.id, str) else message.id[0])
            whole.add(message.id, known.string if known is not None else None, flags=message.flags)
    return whole


def text_of(catalogue: Catalog) -> bytes:
    """Return a catalogue as its file has it: without dates, tools and places, which change with every edit."""
    written = BytesIO()
    write_po(written, catalogue, width=LINE_CHARACTERS_MAX, no_location=True, omit_header=True)
    header = (
        f"{catalogue.header_comment}\n"
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return header.encode() + written.getvalue()


def untranslated(catalogue: Catalog) -> Iterator[str]:
    """Yield the messages without a translation."""
    for message in catalogue:
        string = message.string
        parts = [string] if isinstance(string, str) or string is None else string
        if message.id and not all(parts):
            yield str(message.id)


def main(tags: Iterable[str] = TAGS[1:]) -> int:
    """Bring the catalogues up to date, and print what is to be translated."""
    for tag in tags:
        catalogue = updated(tag)
        path_of(tag).write_bytes(text_of(catalogue))
        for message in untranslated(catalogue):
            sys.stdout.write(f"{tag}: {message}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
