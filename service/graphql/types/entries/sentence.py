"""A sentence about an event: made of its data, and of what the viewer may see of the subjects that it names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

from events.vocabulary.catalogue import EventKind
from events.vocabulary.references import Reference
from events.vocabulary.text_folding import trimmed
from projections.models.titles import line
from service.graphql.fields.field import Misdeclared

Row = Mapping[str, Any]
Known = Mapping[str, str]
"""What is said of the subjects that the viewer may see, by stream."""

_PART: Final = re.compile(r"\{(\w+)(?::([\w/]+))?\}")
_LOWER: Final = ("the ", "a ", "an ", "organisations ")


def quoted(line: str) -> str:
    """Return a line of somebody's words in quotation marks."""
    return f"“{line}”"


def noun(kind: str) -> str:
    """Return what subjects of a kind are called."""
    return "request for help" if kind == "ask" else kind


def unnamed(kind: str) -> str:
    """Return how a subject is called that is not named."""
    article = "an" if noun(kind)[0] in "aeiou" else "a"
    return f"{article} {noun(kind)}"


def together(phrases: Sequence[str]) -> str:
    """Return the phrases as a list."""
    *others, last = phrases
    return f"{', '.join(others)} and {last}" if others else last


class SentencePart(Protocol):
    """A part of a sentence that an event's data say."""

    def said(self, row: Row, known: Known) -> str | None:
        """Return what is said; None where the field is absent."""


@dataclass(frozen=True)
class Words:
    """Words of somebody's own."""

    column: str
    is_bare: bool

    def said(self, row: Row, known: Known) -> str | None:
        """Return them, in quotation marks unless they are bare."""
        text = row[self.column]
        if not text or not trimmed(text):
            return None
        return line(text) if self.is_bare else quoted(line(text))


@dataclass(frozen=True)
class VocabularyTerm:
    """One of the vocabulary's terms."""

    column: str

    def said(self, row: Row, known: Known) -> str | None:
        """Return the term as one reads it."""
        term: str | None = row[self.column]
        return term and term.replace("_", " ")


@dataclass(frozen=True)
class Number:
    """A number with its unit, of one and of several."""

    column: str
    one: str
    several: str

    def said(self, row: Row, known: Known) -> str | None:
        """Return number and unit."""
        number = row[self.column]
        return (
            None if number is None else f"{number:.0f} {self.one if number == 1 else self.several}"
        )


@dataclass(frozen=True)
class EventReference:
    """The event that this one is about, by its position."""

    column: str

    def said(self, row: Row, known: Known) -> str | None:
        """Return where it stands."""
        return f"the event at position {row[self.column]}"


@dataclass(frozen=True)
class NamedSubject:
    """A subject that the event names. A hidden one is absent, or goes without its name if the event must name one."""

    column: str
    reference: Reference
    is_required: bool

    def streams(self, row: Row) -> list[str]:
        """Return the streams of what the event names; an event that it names is none."""
        found = row[self.column]
        values = found if isinstance(found, list) else [found]
        return [self.reference.stream(value) for value in values if value]

    def said(self, row: Row, known: Known) -> str | None:
        """Return what is known of the subjects."""
        streams = self.streams(row)
        found = [known[stream] for stream in streams if stream in known]
        if self.reference.many:
            # Of a list there are at least two: to name one alone would be wrong.
            return together(found) if len(found) > 1 else f"{self.reference.kinds[0]}s"
        if found:
            return found[0]
        if not streams:
            return None
        kind, _, key = streams[0].partition("/")
        if kind == "event":
            return f"the event at position {key}"
        return unnamed(kind) if self.is_required else None


@dataclass(frozen=True)
class OptionalParts:
    """Parts of a sentence that stand together, or not at all."""

    parts: tuple[str | SentencePart, ...]

    def said(self, row: Row, known: Known) -> str | None:
        """Return what is said; None where a field is absent."""
        found = [part if isinstance(part, str) else part.said(row, known) for part in self.parts]
        return None if None in found else "".join(one for one in found if one is not None)


@dataclass(frozen=True)
class Sentence:
    """What is said of events of a type: the first of several sentences of which no field is absent."""

    forms: tuple[tuple[tuple[OptionalParts, bool], ...], ...]
    named: tuple[NamedSubject, ...]

    @classmethod
    def read(cls, kind: EventKind, templates: Sequence[str]) -> Self:
        """Return the sentence of these templates. Raises Misdeclared."""
        forms = tuple(tuple(_spans(kind, template)) for template in templates)
        for name in _names(templates[-1]):
            if name not in kind.required:
                raise Misdeclared(
                    kind.model, name, "it may be absent, and no sentence without it follows"
                )
        named = {
            part: None
            for form in forms
            for span, _ in form
            for part in span.parts
            if isinstance(part, NamedSubject)
        }
        return cls(forms, tuple(named))

    def streams(self, row: Row) -> Iterator[str]:
        """Yield the streams of the subjects that it may name."""
        for named in self.named:
            yield from named.streams(row)

    def said(self, row: Row, known: Known) -> str:
        """Return the sentence about an event."""
        for form in self.forms:
            found = [(span.said(row, known), may_miss) for span, may_miss in form]
            if all(text is not None or may_miss for text, may_miss in found):
                text = "".join(text for text, _ in found if text is not None)
                return text[0].upper() + text[1:] if text.startswith(_LOWER) else text
        raise AssertionError("the last form has no field that may be absent")


def _spans(kind: EventKind, template: str) -> Iterator[tuple[OptionalParts, bool]]:
    """Yield the parts of a template that stand together, each with whether it may be left out."""
    for number, text in enumerate(re.split(r"\[(.*?)\]", template)):
        if text:
            yield OptionalParts(tuple(_parts(kind, text))), number % 2 == 1


def _names(template: str) -> list[str]:
    """Return the fields without which a template says nothing."""
    return [name for name, _ in _PART.findall(re.sub(r"\[.*?\]", "", template))]


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
    """Return the part that a field of the event's data says. Raises Misdeclared."""
    schema = kind.json_schema["properties"].get(name)
    if schema is None or name in kind.personal:
        raise Misdeclared(kind.model, name, "no field of which a summary may tell")
    column = f"data.{name}"
    for reference in kind.references:
        if reference.field == name:
            if reference.creates:
                raise Misdeclared(kind.model, name, "what it creates is said by the event's words")
            return NamedSubject(column, reference, name in kind.required)
    if name == kind.about_field:
        return EventReference(column)
    [option] = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    match option:
        case {"$ref": _}:
            return VocabularyTerm(column)
        case {"type": "integer"} if form is not None:
            one, _, several = form.partition("/")
            return Number(column, one, several)
        case {"type": "string"}:
            return Words(column, form == "bare")
    raise Misdeclared(kind.model, name, "a summary does not know how to say it")
