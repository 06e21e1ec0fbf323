"""What describes a figure: its sentences and drawings, and the words that all figures share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from service.pages.charts.geometry import FEW, Tone
from service.pages.charts.matrix import Heading
from service.pages.charts.squares import squares
from service.pages.frame import terms
from service.pages.frame.language import Language

Figure = Mapping[str, Any]

Kind = Literal[
    "bars",
    "distributions",
    "dots",
    "dumbbell",
    "matrix",
    "points",
    "squares",
    "strip",
    "tree",
]


@dataclass(frozen=True)
class Drawing:
    """A chart of one kind. `title` names it where it needs a name."""

    kind: Kind
    chart: Any
    title: str = ""


@dataclass(frozen=True)
class Point:
    """A sentence about something that has a page."""

    heading: Heading
    sentence: str = ""


@dataclass(frozen=True)
class Described:
    """A figure: what it says first, its drawings, and what is sentence after them. Shares have their own sentences."""

    sentences: Sequence[str] = ()
    drawings: Sequence[Drawing] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Reader:
    """The reader's language, and where the records that a figure counts are listed.

    `is_partial` says whether something of the cohort is hidden from the reader, so that nothing may be called absent.
    """

    language: Language
    records: str
    is_partial: bool = False

    def gettext(self, message: str, **values: Any) -> str:
        """Return the message with its values."""
        return self.language.gettext(message) % values

    def ngettext(self, one: str, many: str, count: float, **values: Any) -> str:
        """Return the message for the count, which is its value `count`, with its other values."""
        form = 1 if count == 1 else 2
        shown = {"count": self.number(count), **values}
        return self.language.ngettext(one, many, form) % shown

    def number(self, value: float, digits: int = 1) -> str:
        """Return a number as the language writes it."""
        return self.language.number(value, digits)

    def days(self, value: float) -> str:
        """Return a duration, in whole days from ten days on."""
        rounded = round(value) if value >= 10 else round(value, 1)
        return self.ngettext("%(count)s day", "%(count)s days", rounded)

    def term(self, list_: str, name: str) -> str:
        """Return the title of a term."""
        return self.language.gettext(terms.title(list_, name))

    def share(self, message: str, part: int, whole: int, **values: Any) -> str:
        """Return the translated sentence with its `part` and `whole`, and with the percentage unless they are few."""
        sentence = message % {"part": self.number(part), "whole": self.number(whole), **values}
        if whole < FEW:
            return f"{sentence}."
        return f"{sentence} ({self.language.percent(part / whole)})."

    def squares(self, message: str, part: int, whole: int, tone: Tone = "question") -> Drawing:
        """Return a share as squares that can be counted, with its sentence."""
        return Drawing("squares", squares(part, whole, self.share(message, part, whole), tone))

    def nothing(self) -> Described:
        """Return what is sentence of a figure over nothing."""
        return Described((self.gettext("There is nothing to count yet."),))


Describe = Callable[[Figure, Reader], Described]


def part_of(share: float | None, whole: int) -> int:
    """Return how many things a share of the whole stands for."""
    return 0 if share is None else round(share * whole)
