"""Sentences about events, made from templates, the data of the event, and the subjects that the viewer may see.

`sentences` has the templates, and `summary` the field.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

from events.vocabulary.catalogue import EventKind
from events.vocabulary.fields.references import Reference
from events.vocabulary.json_schemas import alternatives, definition_name, json_schema
from events.vocabulary.stream import Stream, event_position, kind_of
from events.vocabulary.values.text_folding import trimmed
from projections.models.titles import line
from projections.queries.timelines import RETITLING
from service.graphql.fields.field import Misdeclared
from service.graphql.values.terms import TERMS

Row = Mapping[str, Any]

_PART: Final = re.compile(r"\{(\w+)(?::([\w/]+))?\}")
_GROUP: Final = re.compile(r"\[(.*?)\]|<(.*?)>")
_FORMER: Final = "former"
_QUOTATION: Final = re.compile(r'(?<!\w)"(?=\S)([^"]*)(?<=\S)"(?!\w)')
"""A quotation in straight marks. A mark for inches is not the begin of one, as it follows a number."""
_SINGLE: Final = str.maketrans("“”", "\u2018\u2019")
_LOWER: Final = ("the ", "a ", "an ", "organisations ")


def quoted(line: str) -> str:
    """Return a line in quotation marks. Quotations within it get single marks."""
    within = _QUOTATION.sub(r"“\1”", line).translate(_SINGLE)
    return f"“{within}”"


def noun(kind: str) -> str:
    """Return the noun for subjects of a kind."""
    return "request for help" if kind == "ask" else kind


def unnamed(kind: str) -> str:
    """Return the phrase for a subject of a kind without its name, such as "a cohort"."""
    article = "an" if noun(kind)[0] in "aeiou" else "a"
    return f"{article} {noun(kind)}"


def together(phrases: Sequence[str]) -> str:
    """Return the phrases as an enumeration, with "and" before the last."""
    *others, last = phrases
    return f"{', '.join(others)} and {last}" if others else last


@dataclass(frozen=True)
class KnownSubject:
    """A subject that the viewer may see: its phrase, and the name of its owner if that is not the acting organisation.

    `owner` is None, too, if the viewer may not see the owner.
    """

    phrase: str
    owner: str | None = None

    def __str__(self) -> str:
        return f"{self.phrase} of {self.owner}" if self.owner is not None else self.phrase


Known = Mapping[str, KnownSubject]
"""The subjects that the viewer may see, by stream."""


class SentencePart(Protocol):
    """A part of a sentence that comes from the data of the event."""

    def text(self, row: Row, known: Known) -> str | None:
        """Return the text of this part, None if the field is absent."""


@dataclass(frozen=True)
class Words:
    """A text that somebody wrote, or a day. It may be left out, if it only matters that there is one."""

    column: str
    is_bare: bool
    is_left_out: bool = False

    def text(self, row: Row, known: Known) -> str | None:
        """Return the text, in quotation marks unless it is bare."""
        text = row[self.column]
        if not text or not trimmed(text):
            return None
        if self.is_left_out:
            return ""
        return line(text) if self.is_bare else quoted(line(text))


@dataclass(frozen=True)
class OfSubject:
    """A part that is about a subject which the event names in a field with a single value."""

    reference: Reference

    def streams(self, row: Row) -> list[str]:
        """Return the stream of the subject."""
        return [self.reference.stream(row[f"data.{self.reference.field}"])]

    def known(self, row: Row, known: Known) -> KnownSubject | None:
        """Return the subject, None if it is hidden."""
        return known.get(self.streams(row)[0])


@dataclass(frozen=True)
class FormerTitle(OfSubject):
    """The title that the subject had before the event."""

    is_bare: bool

    def text(self, row: Row, known: Known) -> str | None:
        """Return the title, in quotation marks unless it is bare; None if there is none or the subject is hidden."""
        title = row.get(_FORMER) if self.known(row, known) else None
        if title is None:
            return None
        return line(title) if self.is_bare else quoted(line(title))


@dataclass(frozen=True)
class Owner(OfSubject):
    """The organisation to which the subject belongs."""

    def text(self, row: Row, known: Known) -> str | None:
        """Return its name, None if it is hidden."""
        subject = self.known(row, known)
        return subject.owner if subject is not None else None


@dataclass(frozen=True)
class VocabularyTerm:
    """A term of the vocabulary."""

    column: str

    def text(self, row: Row, known: Known) -> str | None:
        """Return the term with spaces instead of underscores."""
        term: str | None = row[self.column]
        return term and term.replace("_", " ")


@dataclass(frozen=True)
class Number:
    """A number with its unit, in the singular and the plural."""

    column: str
    one: str
    several: str

    def text(self, row: Row, known: Known) -> str | None:
        """Return the number and the unit."""
        number = row[self.column]
        return (
            None if number is None else f"{number:.0f} {self.one if number == 1 else self.several}"
        )


@dataclass(frozen=True)
class EventReference:
    """The event that this event is about, by its position."""

    column: str

    def text(self, row: Row, known: Known) -> str | None:
        """Return the phrase with the position."""
        return f"the event at position {row[self.column]}"


@dataclass(frozen=True)
class NamedSubject:
    """A subject that the event names. A hidden one is absent, or without its name if the field is required.

    In a list, no subject is named if one of them is hidden. An empty list is absent unless it says something.
    """

    column: str
    reference: Reference
    is_required: bool
    may_be_empty: bool

    def streams(self, row: Row) -> list[str]:
        """Return the streams of the subjects that the event names. An event that it names has none."""
        found = row[self.column]
        values = found if isinstance(found, list) else [found]
        return [self.reference.stream(value) for value in values if value]

    def text(self, row: Row, known: Known) -> str | None:
        """Return the phrases for the subjects."""
        streams = self.streams(row)
        found = [str(known[stream]) for stream in streams if stream in known]
        if self.reference.many:
            return self._several(row, streams, found)
        if found:
            return found[0]
        if not streams:
            return None
        position = event_position(streams[0])
        if position is not None:
            return f"the event at position {position}"
        kind = kind_of(Stream(streams[0]))
        return unnamed(kind) if self.is_required else None

    def _several(self, row: Row, streams: Sequence[str], found: Sequence[str]) -> str | None:
        kind = self.reference.kinds[0]
        if streams and len(found) == len(streams):
            return together(found)
        if streams:
            return unnamed(kind) if len(streams) == 1 else f"{kind}s"
        return f"no {kind}" if self.may_be_empty and row[self.column] is not None else None


@dataclass(frozen=True)
class OptionalParts:
    """Parts of a sentence that are all present or all absent."""

    parts: tuple[str | SentencePart, ...]

    def text(self, row: Row, known: Known) -> str | None:
        """Return the text of the parts, None if a field is absent."""
        found = [part if isinstance(part, str) else part.text(row, known) for part in self.parts]
        return None if None in found else "".join(one for one in found if one is not None)


@dataclass(frozen=True)
class Enumeration:
    """Those of several groups of parts that are present, with "and" before the last."""

    groups: tuple[OptionalParts, ...]

    def text(self, row: Row, known: Known) -> str | None:
        """Return the present groups, None if there is none."""
        texts = (group.text(row, known) for group in self.groups)
        found = [text for text in texts if text is not None]
        return together(found) if found else None


@dataclass(frozen=True)
class Sentence:
    """The sentence for a type of event. Of several forms, the first without an absent field is used."""

    forms: tuple[tuple[tuple[OptionalParts, bool], ...], ...]
    named: tuple[NamedSubject | OfSubject, ...]

    @classmethod
    def read(cls, kind: EventKind, templates: Sequence[str]) -> Self:
        """Return the sentence with these templates. Raises Misdeclared."""
        forms = tuple(tuple(_spans(kind, template)) for template in templates)
        for name in _names(templates[-1]):
            if name not in kind.required:
                raise Misdeclared(
                    kind.model, name, "it may be absent, but the last template needs it"
                )
        named = {
            part: None
            for form in forms
            for span, _ in form
            for part in _all_parts(span)
            if isinstance(part, NamedSubject | OfSubject)
        }
        return cls(forms, tuple(named))

    def streams(self, row: Row) -> Iterator[str]:
        """Yield the streams of the subjects that it may name."""
        for named in self.named:
            yield from named.streams(row)

    def text(self, row: Row, known: Known) -> str:
        """Return the sentence about an event."""
        for form in self.forms:
            found = [(span.text(row, known), may_miss) for span, may_miss in form]
            if all(text is not None or may_miss for text, may_miss in found):
                text = "".join(text for text, _ in found if text is not None)
                return text[0].upper() + text[1:] if text.startswith(_LOWER) else text
        raise AssertionError("The last form of a sentence has no field that can be absent.")


def _spans(kind: EventKind, template: str) -> Iterator[tuple[OptionalParts, bool]]:
    """Yield the groups of parts in a template, each with whether it is optional."""
    end = 0
    for group in _GROUP.finditer(template):
        if group.start() > end:
            yield _group(kind, template[end : group.start()]), False
        if group[1] is not None:
            yield _group(kind, group[1]), True
        else:
            parts = tuple(_group(kind, text) for text in group[2].split("|"))
            yield OptionalParts((Enumeration(parts),)), False
        end = group.end()
    if end < len(template):
        yield _group(kind, template[end:]), False


def _group(kind: EventKind, text: str) -> OptionalParts:
    return OptionalParts(tuple(_parts(kind, text)))


def _all_parts(group: OptionalParts) -> Iterator[str | SentencePart]:
    for part in group.parts:
        if isinstance(part, Enumeration):
            for one in part.groups:
                yield from _all_parts(one)
        else:
            yield part


def _names(template: str) -> list[str]:
    """Return the fields that a template needs."""
    enumerated = (group[2] for group in _GROUP.finditer(template) if group[2] is not None)
    needed = [*_PART.findall(_GROUP.sub("", template)), *_PART.findall("".join(enumerated))]
    return [name for name, _ in needed]


def _parts(kind: EventKind, text: str) -> Iterator[str | SentencePart]:
    end = 0
    for found in _PART.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        yield _part(kind, found[1], found[2])
        end = found.end()
    if end < len(text):
        yield text[end:]


def _part(kind: EventKind, name: str, form: str | None) -> SentencePart:
    """Return the part of a sentence for a field of the event's data. Raises Misdeclared."""
    if name == _FORMER and kind.name in RETITLING:
        return FormerTitle(kind.references[0], form == "bare")
    schema = json_schema(kind)["properties"].get(name)
    if schema is None or name in kind.personal:
        raise Misdeclared(kind.model, name, "a summary may not contain this field")
    column = f"data.{name}"
    for reference in kind.references:
        if reference.field == name:
            if reference.creates:
                raise Misdeclared(
                    kind.model,
                    name,
                    "a summary describes what the event creates by its texts, not by this field",
                )
            if form == "owner":
                return Owner(reference)
            return NamedSubject(column, reference, name in kind.required, name in kind.may_be_empty)
    if name == kind.about_field:
        return EventReference(column)
    [option] = alternatives(schema)
    definition = definition_name(option)
    if definition in TERMS:
        return VocabularyTerm(column)
    if definition is not None or option["type"] == "string":
        return Words(column, form == "bare", form == "unsaid")
    if option["type"] == "integer" and form is not None:
        one, _, several = form.partition("/")
        return Number(column, one, several)
    raise Misdeclared(kind.model, name, "summaries do not support fields of this type")
