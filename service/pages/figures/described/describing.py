"""What describes a figure: its sentences and drawings, and the words that all figures share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal
from urllib.parse import urlencode

from service.pages.charts.geometry import FEW, Tone
from service.pages.charts.matrix import Heading
from service.pages.charts.squares import squares
from service.pages.frame import terms
from service.pages.frame.language import Language

Figure = Mapping[str, Any]

_NEVER: Final = datetime.max.replace(tzinfo=UTC)

NONE: Final = "none"
"""The class of what has no class, in an address."""

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


_SMALL: Final = frozenset({"bars", "distributions", "dots", "squares", "strip"})
"""The kinds of charts that have room beside others. A list of sentences has, if it is short."""

POINTS_MAX: Final = 3
"""The number of sentences that have room beside other figures."""


@dataclass(frozen=True)
class Drawing:
    """A chart of one kind. `title` names it where it needs a name."""

    kind: Kind
    chart: Any
    title: str = ""

    @property
    def is_small(self) -> bool:
        """Whether it has room beside the charts of other figures."""
        return self.kind in _SMALL or (self.kind == "points" and len(self.chart) <= POINTS_MAX)


@dataclass(frozen=True)
class Point:
    """A sentence about something that has a page. `further` is what the sentence ends with, if it names something."""

    heading: Heading
    sentence: str = ""
    further: Heading | None = None


@dataclass(frozen=True)
class Described:
    """A figure: what it says first, its drawings, and what it says after them. Shares have their own sentences.

    `as_shown` are the words before all of it where something may be hidden from the reader.
    """

    sentences: Sequence[str] = ()
    drawings: Sequence[Drawing] = ()
    notes: Sequence[str] = ()
    as_shown: str = ""

    @property
    def small(self) -> Sequence[Drawing]:
        """Those of its drawings that have room beside other figures."""
        return [drawing for drawing in self.drawings if drawing.is_small]


@dataclass(frozen=True)
class Reader:
    """The reader's language, and the address at which the records that a figure counts are listed.

    `is_partial` says whether something of the cohort is hidden from the reader, so that nothing may be called absent.
    `closed_at` is the close of the cohort, None if it is not closed, and `at` the moment of the figure.
    """

    language: Language
    records: str
    is_partial: bool = False
    closed_at: datetime | None = None
    at: datetime = _NEVER

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
        """Return what a figure over nothing states."""
        return Described((self.gettext("There is nothing to count yet."),))

    def those(self, **classes: str | None) -> str:
        """Return the address at which those records are listed that have these classes; None is none."""
        path, mark, anchor = self.records.partition("#")
        given = urlencode({name: value or NONE for name, value in classes.items()})
        return f"{path}{'&' if '?' in path else '?'}{given}{mark}{anchor}"


Describe = Callable[[Figure, Reader], Described]


def described(describe: Describe, figure: Figure, reader: Reader) -> Described:
    """Return what describes a figure. All that it says and draws is only of what the reader sees, and says so."""
    found = describe(figure, reader)
    if not reader.is_partial:
        return found
    return replace(found, as_shown=reader.gettext("As far as is shown here:"))


def part_of(share: float | None, whole: int) -> int:
    """Return how many things a share of the whole stands for."""
    return 0 if share is None else round(share * whole)
