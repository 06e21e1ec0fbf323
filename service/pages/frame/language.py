"""The languages of the interface: their catalogues, and how each writes dates and numbers.

English is in the templates and the code; the other languages have a catalogue here, `<tag>.po`. What people recorded
stays in the language in which they wrote it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from gettext import NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import Translations

TAGS: Final = ("en", "de")
"""The languages of the interface. The first is that of the messages themselves."""

COOKIE: Final = "howcanwe-language"
"""The cookie with the tag of the language that a visitor chose. It is no secret."""

_COOKIE_SECONDS: Final = 365 * 24 * 60 * 60

_LOCALES: Final = {"en": "en_GB"}
"""Where a language has several ways to write dates: the one that is used."""


@dataclass(frozen=True)
class Language:
    """A language of the interface."""

    tag: str
    locale: Locale = field(repr=False)
    catalogue: NullTranslations = field(repr=False)

    @property
    def name(self) -> str:
        """Its own name for itself."""
        return str(Locale.parse(self.tag).display_name)

    def gettext(self, message: str) -> str:
        """Return the message in this language."""
        return self.catalogue.gettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the message for the count in this language."""
        return self.catalogue.ngettext(one, many, count)

    def day(self, moment: datetime | date | str) -> str:
        """Return the day of a moment in UTC, such as "3 Mar 2026"."""
        return _day(_date(moment), self.locale)

    def month(self, moment: datetime | date | str) -> str:
        """Return the short name of a month, such as "Mar"."""
        return _skeleton("MMM", _date(moment), self.locale)

    def month_and_year(self, moment: datetime | date | str) -> str:
        """Return a month and its year, such as "March 2026"."""
        return _skeleton("yMMMM", _date(moment), self.locale)

    def instant(self, moment: datetime | str) -> str:
        """Return a day and a time of day in UTC."""
        return str(format_datetime(_instant(moment), "medium", locale=self.locale))

    def number(self, value: float, digits: int = 1) -> str:
        """Return a number, with at most so many digits after the point."""
        pattern = "#,##0" + ("." + "#" * digits if digits else "")
        return str(format_decimal(value, format=pattern, locale=self.locale))

    def percent(self, share: float) -> str:
        """Return a share, 0 to 1, in whole percent."""
        return str(format_percent(share, locale=self.locale))


def _instant(moment: datetime | str) -> datetime:
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return at.astimezone(UTC)


def _date(moment: datetime | date | str) -> date:
    if isinstance(moment, str):
        return date.fromisoformat(moment) if len(moment) == 10 else _instant(moment).date()
    return _instant(moment).date() if isinstance(moment, datetime) else moment


@lru_cache(maxsize=10_000)
def _day(day: date, locale: Locale) -> str:
    return str(format_date(day, "medium", locale=locale))


@lru_cache(maxsize=10_000)
def _skeleton(skeleton: str, day: date, locale: Locale) -> str:
    return str(format_skeleton(skeleton, day, locale=locale))


@cache
def languages() -> Mapping[str, Language]:
    """Return the languages of the interface, by tag."""
    return {
        tag: Language(tag, Locale.parse(_LOCALES.get(tag, tag)), _catalogue(tag)) for tag in TAGS
    }


def _catalogue(tag: str) -> NullTranslations:
    if tag == TAGS[0]:
        return NullTranslations()
    compiled = BytesIO()
    with (files(__package__) / f"{tag}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=tag))
    compiled.seek(0)
    return Translations(compiled)


def chosen(named: str | None, kept: str | None, accepted: str | None) -> Language:
    """Return the language that the address names, else that of the cookie, else the one that `Accept-Language` prefers,
    else English.
    """
    found = languages()
    for tag in (named, kept):
        if tag is not None and tag in found:
            return found[tag]
    tag = negotiate_locale(_preferred(accepted or ""), TAGS, sep="-")
    return found[tag or TAGS[0]]


def cookie(named: str | None) -> str | None:
    """Return the `Set-Cookie` that keeps the language which an address names; None if it names none."""
    if named not in TAGS:
        return None
    return f"{COOKIE}={named}; Max-Age={_COOKIE_SECONDS}; Path=/; SameSite=Lax; HttpOnly"


def _preferred(header: str) -> Sequence[str]:
    """Return the tags of an `Accept-Language` header, the most preferred first."""
    weighed = []
    for part in header[:1_000].split(","):
        tag, _, quality = part.partition(";")
        try:
            weight = float(quality.partition("=")[2] or 1)
        except ValueError:
            weight = 0.0
        if weight > 0 and tag.strip():
            weighed.append((weight, tag.strip()))
    return [tag for _, tag in sorted(weighed, key=lambda one: -one[0])]
