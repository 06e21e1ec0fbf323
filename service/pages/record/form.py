"""The form of an event type: the fields of its JSON Schema, each with its words and the widget that asks for it.

It asks nobody anything: what can be chosen of the record is added by `choices`, what was typed is read by `reading`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any, Final

from events.vocabulary.catalogue import VOCABULARY, EventKind, JsonObject
from events.vocabulary.json_schemas import alternatives, definition_name, json_schema
from events.vocabulary.types.event_type import Mark
from events.vocabulary.words import LISTS
from events.vocabulary.words.wording import TermWords
from service.pages.frame.names import worded


class Widget(StrEnum):
    """How a form asks for a value. Each has a macro of its own in `widgets.html`."""

    LINE = "line"
    LINES = "lines"
    EACH = "each"
    """A list of texts, one on each line."""
    NUMBER = "number"
    DAY = "day"
    ADDRESS = "address"
    EMAIL = "email"
    YES_OR_NO = "yes_or_no"
    CHOICE = "choice"
    CHOICES = "choices"
    SUBJECT = "subject"
    SUBJECTS = "subjects"
    EVENT = "event"
    """An earlier event, by its position."""
    PARTS = "parts"
    """An object, with a field for each of its members."""


_OF_DEFINITIONS: Final = {
    "Day": Widget.DAY,
    "Address": Widget.ADDRESS,
    "Email": Widget.EMAIL,
    "EventIdentity": Widget.EVENT,
}
_OF_TYPES: Final = {
    "integer": Widget.NUMBER,
    "number": Widget.NUMBER,
    "boolean": Widget.YES_OR_NO,
    "object": Widget.PARTS,
}
_MANY: Final = {Widget.CHOICE: Widget.CHOICES, Widget.SUBJECT: Widget.SUBJECTS}
_CLASSIFYING: Final = (Widget.CHOICE, Widget.PARTS)


@dataclass(frozen=True)
class Field:
    """A field of a form. `name` is its name in the event's data; that of a part begins with that of the whole.

    `title`, `question` and `hint` are English messages, `example` is that of the vocabulary. `kinds` are those of the
    subjects that it may name. `is_lower` says that its texts have no capitals, `can_be_emptied` that an empty list is
    not the same as none.
    """

    name: str
    widget: Widget
    title: str
    question: str
    hint: str
    example: Any
    is_required: bool = False
    is_main: bool = True
    is_integer: bool = False
    is_lower: bool = False
    can_be_emptied: bool = False
    least: float | None = None
    most: float | None = None
    kinds: tuple[str, ...] = ()
    terms: tuple[TermWords, ...] = ()
    parts: "tuple[Field, ...]" = ()

    @property
    def is_list(self) -> bool:
        """Whether it has several values."""
        return self.widget in (Widget.EACH, Widget.CHOICES, Widget.SUBJECTS)


@dataclass(frozen=True)
class Form:
    """The form of a type: the fields that a person fills in. The keys of what it creates are made by the server."""

    kind: EventKind
    fields: tuple[Field, ...]

    @property
    def order(self) -> Sequence[str]:
        """The names of all fields of the type, also of those that the server fills in."""
        return list(json_schema(self.kind)["properties"])

    @property
    def main(self) -> Sequence[Field]:
        """The fields that say what happened."""
        return [one for one in self.fields if one.is_main]

    @property
    def more(self) -> Sequence[Field]:
        """The fields that say more about it, none of which has to be filled in."""
        return [one for one in self.fields if not one.is_main]

    def walked(self) -> Iterator[Field]:
        """Yield every field, and the parts of each after it."""
        for field in self.fields:
            yield field
            yield from field.parts


@cache
def form_of(kind: EventKind) -> Form:
    """Return the form of a type."""
    schema = json_schema(kind)
    made = {one.field for one in kind.references if one.creates}
    return Form(
        kind,
        tuple(
            _field(kind, schema, name, one)
            for name, one in schema["properties"].items()
            if name not in made
        ),
    )


def correcting(form: Form, corrected: EventKind, names: Collection[str]) -> Form:
    """Return the form of a correction, with a part for each of these fields of events of the type."""
    parts = tuple(_within("fields", one) for one in form_of(corrected).fields if one.name in names)
    fields = (
        replace(one, parts=parts) if one.widget is Widget.PARTS else one for one in form.fields
    )
    return Form(form.kind, tuple(fields))


def _within(outer: str, field: Field) -> Field:
    """Return a field, and its parts, as parts of another one."""
    parts = tuple(_within(outer, one) for one in field.parts)
    return replace(field, name=f"{outer}.{field.name}", parts=parts)


def _field(kind: EventKind, schema: JsonObject, name: str, of: JsonObject) -> Field:
    [value] = alternatives(of)
    is_many_lines = of.get("x-lines") == "many"
    is_list = value.get("type") == "array"
    item = value["items"] if is_list else value
    widget = _widget(item, schema, is_many_lines=is_many_lines)
    is_needed = name in kind.required or name in kind.model.at_least_one_of
    # Lists of short texts are themes and links; a text with a pattern is a code, such as that of a language.
    is_classifying = widget in _CLASSIFYING or (
        is_list and widget not in (Widget.SUBJECT, Widget.LINES)
    )
    field = Field(
        name,
        _MANY.get(widget, Widget.EACH) if is_list else widget,
        worded(of["title"]),
        worded(of["description"]),
        worded(of.get("x-hint", "")),
        of["examples"][0],
        is_required=name in kind.required,
        is_main=is_needed or not (is_classifying or _is_code(item)),
        is_integer=item.get("type") == "integer",
        is_lower=definition_name(item) == "Theme",
        can_be_emptied=name in kind.may_be_empty,
        least=item.get("minimum"),
        most=item.get("maximum"),
        kinds=tuple(item.get("x-names", ())),
        terms=_terms(item),
        parts=_parts(kind, schema, name, item),
    )
    return replace(field, is_main=True) if kind.mark is Mark.CORRECTS else field


def _widget(value: JsonObject, schema: JsonObject, *, is_many_lines: bool) -> Widget:
    name = definition_name(value)
    if name in LISTS:
        return Widget.CHOICE
    if name in _OF_DEFINITIONS:
        return _OF_DEFINITIONS[name]
    if "x-names" in value:
        return Widget.SUBJECT
    if "oneOf" in value:
        return Widget.EVENT
    type_ = value.get("type") or schema["$defs"][name]["type"]
    return _OF_TYPES.get(type_, Widget.LINES if is_many_lines else Widget.LINE)


def _is_code(value: JsonObject) -> bool:
    return "pattern" in value and "x-names" not in value


def _terms(value: JsonObject) -> tuple[TermWords, ...]:
    name = definition_name(value)
    return LISTS[name].terms if name is not None and name in LISTS else ()


def _parts(kind: EventKind, schema: JsonObject, name: str, value: JsonObject) -> tuple[Field, ...]:
    """Return the fields of an object of the vocabulary; what a correction may contain depends on its event."""
    object_: Mapping[str, Any] = schema["$defs"].get(definition_name(value), {})
    if object_.get("type") != "object" or "oneOf" in value or name == kind.about_field:
        return ()
    return tuple(
        replace(
            _field(kind, schema, part, of),
            name=f"{name}.{part}",
            is_required=part in object_.get("required", ()),
        )
        for part, of in object_["properties"].items()
    )


def kind_named(name: str) -> EventKind | None:
    """Return the type with this short name, such as `failure.recorded`; None if there is none."""
    return next((kind for kind in VOCABULARY.kinds if kind.name == name), None)
