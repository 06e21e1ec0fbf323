"""Columns: what the cells of a sheet's first row name, by the name of a field or attribute, or by its English title."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Final

from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.json_schemas import json_schema
from events.vocabulary.words.envelope import ATTRIBUTES as WORDS
from service.pages.frame.names import worded
from service.pages.record.form import Field, Widget, form_of
from service.pages.record.offers import TITLES

ID: Final = "id"
TYPE: Final = "type"
TIME: Final = "time"
ATTRIBUTES: Final = (ID, TYPE, TIME, "timeprecision", "visibility", "actor")
"""The attributes of an event that have a column, unless a field of its data has that name."""


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


@cache
def titles_of(kind: EventKind) -> Mapping[str, str]:
    """Return the title of every column of a type, by its name. It is the name where several have the title."""
    fields = {name: one.title for name, one in fields_of(kind).items()}
    attributes = {one: WORDS[one].title for one in ATTRIBUTES if one not in fields}
    properties = json_schema(kind)["properties"]
    keys = {name: worded(properties[name]["title"]) for name in made_by(kind)}
    titles = {**attributes, **keys, **fields}
    count = Counter(map(plain, titles.values()))
    return {name: title if count[plain(title)] == 1 else name for name, title in titles.items()}


@cache
def names_of(kind: EventKind) -> Mapping[str, str]:
    """Return the names of a type's columns by the names and titles that a first row may have for them."""
    titles = titles_of(kind)
    return {
        **{plain(title): name for name, title in titles.items()},
        **{plain(name): name for name in titles},
    }


@cache
def known_names() -> frozenset[str]:
    """Return what a first row may have for a column of any type."""
    return frozenset(name for kind in VOCABULARY.kinds for name in names_of(kind))


def meant(header: str, known: Iterable[str]) -> str:
    """Return the end of a sentence: the name that was probably meant, if any."""
    close = get_close_matches(header, known, 1)
    return f" Did you mean {close[0]!r}?" if close else ""


@cache
def _kinds() -> Mapping[str, EventKind]:
    return {
        plain(name): kind
        for kind in VOCABULARY.kinds
        for name in (kind.name, TITLES.get(kind.model, kind.name), *kind.wire_names)
    }


def kind_called(text: str) -> EventKind | None:
    """Return the type with this short name, full name or title; None if there is none."""
    return _kinds().get(plain(text))
