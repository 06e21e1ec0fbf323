"""What the fields of events mean. Everything that needs to know it reads these marks, so nothing is listed twice.

`Creates(kind)` marks a key that must be new: the event creates the subject. `Names(kinds)` marks a reference to a
subject that must exist. Rules, streams, permissions, JSON Schemas and documentation follow from them.
"""

from dataclasses import dataclass
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from events.vocabulary.stream import (
    EVENT_PATTERN,
    KEY_PATTERN,
    Kind,
    event_position,
    is_key,
    is_stream,
)
from events.vocabulary.values.text_folding import folded

LIST_LENGTH_MAX: Final = 50
_ALIKE: Final = (
    "No two items look the same: capitals, blanks and typographic quotes make no difference."
)


@dataclass(frozen=True, slots=True)
class Creates:
    """The field's value is the key of a subject of `kind` that this event creates."""

    kind: Kind

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_key, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "pattern": f"^{KEY_PATTERN}$", "x-creates": self.kind}


@dataclass(frozen=True, slots=True)
class Names:
    """The field's value names an existing subject: by its key if one kind is possible, else by `<kind>/<key>`.

    With `or_event`, `event/<position>` is possible too.
    """

    kinds: tuple[Kind, ...]
    or_event: bool = False

    @property
    def pattern(self) -> str:
        """The regular expression of the field's values, as JSON Schema writes it."""
        if len(self.kinds) == 1:
            return f"^{KEY_PATTERN}$"
        subject = f"({'|'.join(self.kinds)})/{KEY_PATTERN}"
        return f"^({subject}|{EVENT_PATTERN})$" if self.or_event else f"^{subject}$"

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        check = _key if len(self.kinds) == 1 else self._reference
        return core_schema.no_info_after_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "pattern": self.pattern, "x-names": list(self.kinds)}

    def _reference(self, value: str) -> str:
        # A reference to another kind is well-formed. The rule `subject.unknown` refuses it.
        if is_stream(value):
            return value
        if self.or_event and event_position(value) is not None:
            return value
        kinds = ", ".join((*self.kinds, "event/<position>") if self.or_event else self.kinds)
        raise PydanticCustomError(
            "reference", "a reference <kind>/<key> to one of: {kinds}", {"kinds": kinds}
        )


@dataclass(frozen=True, slots=True)
class NamesEvent:
    """The field's value names the earlier event that the event is about: by position, or by source and id."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        ways = handler(source)
        assert ways["type"] == "union"
        return {
            **ways,
            "custom_error_type": "event",
            "custom_error_message": "the position of an earlier event, or an object of its source and id",
        }

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        found = handler(schema)
        return {"oneOf": found.pop("anyOf"), **found}


@dataclass(frozen=True, slots=True)
class PersonalData:
    """The field's value is personal data, which is encrypted in the event's line."""


@dataclass(frozen=True, slots=True)
class HowCanWe:
    """The field's value is a question of the form "How can we …?" in its language (rule `question.how_can_we`)."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The field's value is in people's own words. The search finds it."""


@dataclass(frozen=True, slots=True)
class Correctable:
    """The field's value may be corrected later, as a whole (rule `event.correctable`)."""


@dataclass(frozen=True, slots=True)
class Distinct:
    """The list has no repeats and at most `length_max` entries. With `of_texts`, they are compared in folded form."""

    length_max: int = LIST_LENGTH_MAX
    of_texts: bool = False

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        found = {**handler(schema), "uniqueItems": True, "maxItems": self.length_max}
        return {**found, "x-beyond-schema": _ALIKE} if self.of_texts else found

    def _check(self, values: list[str]) -> list[str]:
        if len(values) > self.length_max:
            raise PydanticCustomError(
                "list_length", "a list of at most {most} entries", {"most": self.length_max}
            )
        if len(set(values)) != len(values):
            raise PydanticCustomError("distinct", "a list without repeats")
        if self.of_texts and len(set(map(folded, values))) != len(values):
            raise PydanticCustomError("alike", "a list without repeats")
        return values


def _key(value: str) -> str:
    if not is_key(value):
        raise PydanticCustomError(
            "key",
            "a key: 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -, the first a letter or digit",
        )
    return value
