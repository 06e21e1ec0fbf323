"""Columns: what the cells of a sheet's first row name, by the name of a field or attribute, or by its English title.

A `Layout` says which columns the sheets of a type have, and which events a row of it becomes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Final

from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.json_schemas import json_schema
from events.vocabulary.types.cohorts import CohortFormed
from events.vocabulary.types.event_type import EventType, Mark
from events.vocabulary.values.likeness import closest
from events.vocabulary.words import words_of
from events.vocabulary.words.envelope import ATTRIBUTES as WORDS
from service.pages.frame.names import worded
from service.pages.record.form import Field, Widget, form_of
from service.pages.record.offers import TITLES

ID: Final = "id"
TYPE: Final = "type"
TIME: Final = "time"
PRECISION: Final = "timeprecision"
VISIBILITY: Final = "visibility"
ATTRIBUTES: Final = (ID, TYPE, TIME, PRECISION, VISIBILITY, "actor")
"""The attributes of an event that have a column, unless a field of its data has that name."""


_EMPTY: Final[Mapping[type[EventType], Mapping[str, str]]] = {
    CohortFormed: {"starts_on": "Leave it empty if it is the day of 'When did it happen?'."}
}
"""The days that an event needs and a row may leave out, with what that means."""


def plain(text: str) -> str:
    """Return a title as it is compared: without capitals, the mark of what is required, and needless blanks."""
    return " ".join(text.rstrip(" *").casefold().split())


@cache
def fields_of(kind: EventKind) -> Mapping[str, Field]:
    """Return the fields that have a column, by their names; what consists of parts has a column for each."""
    return {one.name: one for one in form_of(kind).walked() if one.widget is not Widget.PARTS}


def made_by(kind: EventKind) -> Sequence[str]:
    """Return the fields with the keys of what an event of a type creates. A row may leave them out."""
    return [one.field for one in kind.references if one.creates]


@dataclass(frozen=True)
class Part:
    """An event that a row becomes. `columns` has the column of each of its fields that has one.

    `links` are the fields that name what earlier parts of the row created, each with the kinds of that. The row becomes
    the event if one of the columns in `any_of` is filled in, and always if there is none; `condition` says that in
    English. `time` is the column with its time; where that is empty, it is that of the row. `ending` is what the id of
    the event adds to that of the row.
    """

    kind: EventKind
    columns: Mapping[str, str]
    links: Mapping[str, Sequence[str]] = field(default_factory=dict)
    any_of: frozenset[str] = frozenset()
    condition: str = ""
    time: str = TIME
    ending: str = ""
    days: frozenset[str] = frozenset()
    """The fields that are the day of the event where the row leaves them out."""

    @property
    def lead(self) -> str:
        """The first of the columns that make a row become the event; "" if every row does."""
        return next((name for name in self.columns.values() if name in self.any_of), "")

    def column_of(self, pointer: str) -> str | None:
        """Return the column with what a JSON pointer into the event is about; None if there is none."""
        first, *rest = pointer.strip("/").split("/")
        if first != "data":
            return self.time if first == TIME else first
        for length in range(len(rest), 0, -1):
            if (name := ".".join(rest[:length])) in self.columns:
                return self.columns[name]
        return None

    @property
    def has_level(self) -> bool:
        """Whether the level of a row is that of the event. Otherwise the event follows what the row creates."""
        return not self.ending or self.kind.mark is Mark.CREATES


@dataclass(frozen=True)
class Layout:
    """The columns of a sheet, and the events that each of its rows becomes, in order.

    `name` and `title` are what a sheet may be called, and `use_when` says when to use one. `fields` are those that a
    person fills in, `made` the columns with keys of what a row creates, and `times` those with times, with their words.
    """

    name: str
    title: str
    use_when: str
    fields: Mapping[str, Field]
    made: Sequence[str]
    parts: Sequence[Part]
    times: Mapping[str, Field] = field(default_factory=dict)
    needed: Mapping[str, str] = field(default_factory=dict)
    """The columns that a row fills in although no event needs them, each with the reason in English."""
    empty: Mapping[str, str] = field(default_factory=dict)
    """What it means in English that a row leaves out columns that an event needs."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """What rows mean that leave out columns which their events need: the lowest terms."""
    left_open: Mapping[str, str] = field(default_factory=dict)
    """What follows in English from a row without an event, by a column that the event needs."""
    rarely: frozenset[str] = frozenset()
    """The columns that few rows fill in."""

    @cached_property
    def attributes(self) -> Sequence[str]:
        """The attributes of the events that have a column."""
        return [one for one in ATTRIBUTES if one not in self.fields]

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The title of every column, by its name. It is the name where several have the title."""
        titles = {
            **{one: WORDS[one].title for one in self.attributes},
            **{name: one.title for name, one in self.times.items()},
            **{name: self._key_title(name) for name in self.made},
            **{name: one.title for name, one in self.fields.items()},
        }
        count = Counter(map(plain, titles.values()))
        return {name: title if count[plain(title)] == 1 else name for name, title in titles.items()}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names of the columns by the names and titles that a first row may have for them."""
        return {
            **{plain(title): name for name, title in self.titles.items()},
            **{plain(name): name for name in self.titles},
        }

    @cached_property
    def conditions(self) -> Mapping[str, str]:
        """When to fill in each column that is not always filled in, in English."""
        found: dict[str, str] = {}
        always = {name for part in self.parts if not part.any_of for name in part.columns.values()}
        for part in self.parts:
            for name in part.columns.values():
                if name not in always:
                    found.setdefault(name, part.condition)
        return found

    @cached_property
    def needs(self) -> Mapping[str, Sequence[str]]:
        """The columns that a row needs only if others are filled in, each with those others."""
        found: dict[str, list[str]] = {}
        always = {name for part in self.parts if not part.any_of for name in part.columns.values()}
        for part in self.parts:
            for name, one in fields_of(part.kind).items():
                column = part.columns.get(name)
                if one.is_required and column not in (None, part.lead, *always, *self.defaults):
                    found.setdefault(part.columns[name], []).append(part.lead)
        return found

    def default_of(self, name: str) -> str:
        """Return the title of what a row means that leaves out a column; "" if it means nothing."""
        terms = self.fields[name].terms if name in self.defaults else ()
        return next((one.title for one in terms if str(one.value) == self.defaults[name]), "")

    def _key_title(self, name: str) -> str:
        kind = next(part.kind for part in self.parts if name in made_by(part.kind))
        return worded(json_schema(kind)["properties"][name]["title"])


@cache
def layout_of(kind: EventKind) -> Layout:
    """Return the layout of the sheets with an event of a type in each row."""
    fields, made, words = fields_of(kind), made_by(kind), words_of(kind)
    empty = _EMPTY.get(kind.model, {})
    columns = {name: name for name in (*fields, *made)}
    return Layout(
        kind.name,
        TITLES.get(kind.model, kind.name),
        worded(words.use_when) if words else "",
        fields,
        made,
        (Part(kind, columns, days=frozenset(empty)),),
        empty=empty,
        rarely=frozenset(name for name, one in fields.items() if not one.is_main),
    )


def meant(header: str, known: Iterable[str]) -> str:
    """Return the end of a sentence: the name that was probably meant, if any."""
    found = closest(header, known)
    return f" Did you mean {found!r}?" if found else ""


@cache
def _kinds() -> Mapping[str, EventKind]:
    return {
        plain(name): kind
        for kind in VOCABULARY.kinds
        for name in (kind.name, TITLES.get(kind.model, kind.name), *kind.wire_names)
    }


def kind_called(text: str) -> EventKind | None:
    """Return the type with this short name, full name or title; None if there is none."""
    return _kinds().get(plain(text)) or next(
        (found[0] for name in VOCABULARY.versions(text) if (found := VOCABULARY.find(name))), None
    )
