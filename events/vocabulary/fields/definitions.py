"""The definitions of texts, days and addresses in JSON Schema. The types of fields name them.

Every schema has those that it uses once, under their names. `x-beyond-schema` says what else the service asks.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from events.vocabulary.values.question_form import END_PATTERN
from events.vocabulary.values.text_folding import UNSEEN_RANGES

TEXT_LENGTH_MAX: Final = 10_000  # code points, after trimming
THEME_LENGTH_MAX: Final = 60
URL_LENGTH_MAX: Final = 2_000

SEALED_PREFIX: Final = "sealed:"
"""What an encrypted value begins with; base64 follows."""

DEFINITION: Final = "x-definition"
"""Marks the place of a definition until `json_schemas` refers to it there. It is never published."""

_BLANK: Final = (
    r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What Python calls white space."""

_STORABLE: Final = "^[^\\u0000]*$"
_VISIBLE: Final = f"^[^\\u0000]*[^{UNSEEN_RANGES}][^\\u0000]*$"
_EDGE: Final = f"^[{UNSEEN_RANGES}]|[{UNSEEN_RANGES}]$"

_YEAR: Final = "(?:[0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})"
_LEAP_YEAR: Final = (
    "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
)
_DAY_OF_YEAR: Final = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)


@dataclass(frozen=True, slots=True)
class Definition:
    """The field's values are those of the definition with this name."""

    name: str

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {DEFINITION: self.name}


@dataclass(frozen=True, slots=True)
class Beyond:
    """The service asks for more than the field's JSON Schema says: this."""

    text: str

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "x-beyond-schema": self.text}


@lru_cache(maxsize=1)
def definitions() -> dict[str, dict[str, Any]]:
    """Return the definitions by their names, each a JSON Schema."""
    length = {"anyOf": [{"maxLength": TEXT_LENGTH_MAX}, {"pattern": _EDGE}]}
    # A plain number for forms. As `maxLength`, it would refuse texts with blanks behind them.
    longest = {"x-max-length": TEXT_LENGTH_MAX}
    trimmed = f"Blanks and invisible marks at both ends do not count towards the {TEXT_LENGTH_MAX:,} characters."
    return {
        "Text": {
            "type": "string",
            "minLength": 1,
            "pattern": _VISIBLE,
            "allOf": [length],
            **longest,
            "x-beyond-schema": f"{trimmed} Marks above U+FFFF may be invisible, too.",
        },
        "Question": {
            "type": "string",
            "minLength": 1,
            "pattern": _VISIBLE,
            "allOf": [length, {"pattern": END_PATTERN}],
            **longest,
            "x-beyond-schema": f"It begins with How can we, or the same in its language. {trimmed}",
        },
        "OptionalText": {
            "type": "string",
            "description": "A text; a blank one counts as left out.",
            "pattern": _STORABLE,
            "allOf": [length],
            **longest,
            "x-beyond-schema": trimmed,
        },
        "Theme": {
            "type": "string",
            "minLength": 1,
            "pattern": _VISIBLE,
            "allOf": [
                {
                    "pattern": f"^[{UNSEEN_RANGES}]*[^\\u0000]{{0,{THEME_LENGTH_MAX}}}[{UNSEEN_RANGES}]*$"
                },
                {"pattern": f"^[^{_capitals()}]*$"},
            ],
            "x-max-length": THEME_LENGTH_MAX,
            "x-beyond-schema": "Capitals above U+FFFF are refused, and marks there may be invisible.",
        },
        "Day": {
            "type": "string",
            "format": "date",
            "pattern": f"^(?:{_YEAR}-{_DAY_OF_YEAR}|{_LEAP_YEAR}-02-29)$",
        },
        "Address": {
            "type": "string",
            "pattern": f"^[Hh][Tt][Tt][Pp][Ss]?://[^\\u0000-\\u0020{_BLANK}]+$",
            "maxLength": URL_LENGTH_MAX,
            "x-beyond-schema": "An address that the URL standard of the WHATWG accepts.",
        },
        "Email": {
            "type": "string",
            "pattern": f"^[^@\\u0000{_BLANK}]+@[^@\\u0000{_BLANK}]+$",
            "maxLength": 254,
        },
        "Sealed": {
            "type": "string",
            "description": "The encrypted value, as it stands in a line of the log.",
            "pattern": f"^{SEALED_PREFIX}[A-Za-z0-9+/]+={{0,2}}$",
            "x-beyond-schema": "Only lines of the log have it. A sender gives the value.",
        },
    }


def _capitals() -> str:
    """Return the characters up to U+FFFF that are not in lower case, as ranges in a regular expression."""
    capitals = [n for n in range(0x10000) if chr(n).lower() != chr(n)]
    starts = [n for n in capitals if chr(n - 1).lower() == chr(n - 1)]
    ends = [n for n in capitals if chr(n + 1).lower() == chr(n + 1)]
    return "".join(
        f"\\u{a:04x}" if a == b else f"\\u{a:04x}-\\u{b:04x}"
        for a, b in zip(starts, ends, strict=True)
    )
