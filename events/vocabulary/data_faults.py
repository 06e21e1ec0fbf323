"""Turns pydantic's errors about the data of an event into faults. Recording and verification use it."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from events.vocabulary.faults import Fault, expected
from events.vocabulary.values.strict_json import escaped


def faults_of(error: ValidationError, personal: Collection[str] = ()) -> list[Fault]:
    """Return pydantic's errors about the data of an event as faults. They do not quote `personal` fields."""
    return [
        Fault(
            "field",
            _pointer(detail["loc"]),
            _detail(detail, is_quoted=not {*detail["loc"]} & {*personal}),
        )
        for detail in error.errors(include_url=False)
    ]


def _pointer(location: tuple[int | str, ...]) -> str:
    return "/data" + "".join("/" + escaped(str(part)) for part in location)


MISSING: Final = "This field is required."
_SENTENCES: Final = {
    "missing": MISSING,
    "extra_forbidden": "This type has no such field.",
    "distinct": "The list has an entry more than once.",
    "alike": "The list has an entry more than once, as texts are compared.",
    "string_unicode": "The text has a lone surrogate.",
}
_EXPECTED: Final = {
    "string_type": "a string",
    "int_type": "an integer",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "model_type": "an object",
    "dict_type": "an object",
    "finite_number": "a finite number",
}


def _detail(error: ErrorDetails, *, is_quoted: bool) -> str:
    """Return the sentence for one of pydantic's errors."""
    kind = error["type"]
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    what = _expected(kind, error["msg"], error.get("ctx"))
    return expected(what, error["input"]) if is_quoted else f"Expected {what}."


def _expected(kind: str, message: str, context: Mapping[str, Any] | None) -> str:
    if kind == "enum" and context:
        return f"one of {context['expected']}".replace("'", "").replace(" or ", ", ")
    message = message.removeprefix("Input should be ").removeprefix("Value error, ")
    return _EXPECTED.get(kind, message)
