"""The schemas of the answers about keys."""

from typing import Final

from service.http.openapi.answers import ADVICE
from service.http.openapi.component import schema

_TEXT: Final = {"type": "string"}
_MAYBE: Final = {"type": ["string", "null"]}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_TIME: Final = {"type": "string", "format": "date-time"}
_TIME_OR_NULL: Final = {"type": ["string", "null"], "format": "date-time"}
_MEMBERS: Final = {
    "id": _TEXT,
    "name": _MAYBE,
    "role": _TEXT,
    "cohorts": _TEXTS,
    "organisation": _MAYBE,
    "sources": _TEXTS,
    "types": {**_TEXTS, "description": "The only types that the key may record; empty: no limit."},
    "created": _TIME,
    "granted_by": _MAYBE,
    "expires": _TIME_OR_NULL,
    "revoked": _TIME_OR_NULL,
    "last_used": _TIME_OR_NULL,
}
KEYS: Final = schema(
    "AccessKeys",
    {
        "type": "object",
        "properties": {
            "keys": {
                "type": "array",
                "items": schema(
                    "AccessKey",
                    {"type": "object", "properties": _MEMBERS, "required": [*_MEMBERS]},
                ),
            }
        },
        "required": ["keys"],
    },
)
_SECRET: Final = {"type": "string", "description": "The key itself. It is shown only now."}
NEW_KEY: Final = schema(
    "NewKey",
    {
        "type": "object",
        "properties": {
            "id": _TEXT,
            "key": _SECRET,
            "warnings": {"type": "array", "items": ADVICE},
        },
        "required": ["id", "key", "warnings"],
    },
)
ROTATED_KEY: Final = schema(
    "RotatedKey",
    {"type": "object", "properties": {"id": _TEXT, "key": _SECRET}, "required": ["id", "key"]},
)
