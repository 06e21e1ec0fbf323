"""Turns pydantic's errors about the data of an event into faults. Recording and verification use it."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from events.vocabulary.faults import Fault
from events.vocabulary.values.strict_json import escaped


def faults_of(error: ValidationError) -> list[Fault]:
    """Return pydantic's errors about the data of an event as faults."""
    return [
        Fault(
            "field",
            _pointer(detail["loc"]),
            _expected(detail["type"], detail["msg"], detail.get("ctx")),
        )
        for detail in error.errors(include_url=False, include_input=False)
    ]


def _pointer(location: tuple[int | str, ...]) -> str:
    return "/data" + "".join("/" + escaped(str(part)) for part in location)


_EXPECTED: Final = {
    "missing": "this field, which is required",
    "extra_forbidden": "no such field: it is not part of this type",
    "string_type": "a string",
    "string_unicode": "a string without lone surrogates",
    "int_type": "an integer",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "model_type": "an object",
    "dict_type": "an object",
    "finite_number": "a finite number",
}


def _expected(kind: str, message: str, context: Mapping[str, Any] | None) -> str:
    if kind == "enum" and context:
        return f"one of: {context['expected']}".replace("'", "").replace(" or ", ", ")
    message = message.removeprefix("Input should be ").removeprefix("Value error, ")
    return _EXPECTED.get(kind, message)
