"""An event's identity: its source and its id, as CloudEvents defines them. Envelopes and fields check them here."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

ID_BYTES_MAX: Final = 256
SOURCE_BYTES_MAX: Final = 1_024

_PLAIN: Final = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]*"
_URI_REFERENCE: Final = f"{_PLAIN}(?:%[0-9A-Fa-f]{{2}}{_PLAIN})*"
_IS_URI_REFERENCE: Final = re.compile(_URI_REFERENCE)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def storable(value: str, most: int) -> bool:
    """Return whether an attribute may have this value: no control characters, no lone surrogates, not too long."""
    if _CONTROL.search(value) is not None:
        return False
    try:
        return len(value.encode()) <= most
    except UnicodeEncodeError:
        return False


def is_uri_reference(value: str) -> bool:
    """Return whether the string has only characters that a URI reference may have."""
    return value != "" and _IS_URI_REFERENCE.fullmatch(value) is not None


def is_identity(source: str, id_: str) -> bool:
    """Return whether an event may have this source and id. The database could not even look for some others."""
    return storable(source, SOURCE_BYTES_MAX) and storable(id_, ID_BYTES_MAX)


def _id(value: str) -> str:
    if not value or not storable(value, ID_BYTES_MAX):
        raise ValueError("not an event's id")
    return value


def _source(value: str) -> str:
    if not storable(value, SOURCE_BYTES_MAX) or not is_uri_reference(value):
        raise ValueError("not an event's source")
    return value


class EventIdentity(BaseModel):
    """The event with this source and id."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    source: Annotated[
        str,
        AfterValidator(_source),
        Field(
            json_schema_extra={
                "format": "uri-reference",
                "pattern": f"^{_URI_REFERENCE}$",
                "minLength": 1,
                "maxLength": SOURCE_BYTES_MAX,  # It is in ASCII.
            }
        ),
    ]
    id: Annotated[
        str,
        AfterValidator(_id),
        Field(
            json_schema_extra={
                "pattern": r"^[^\u0000-\u001f\u007f-\u009f]+$",
                "maxLength": ID_BYTES_MAX,
                "x-beyond-schema": f"At most {ID_BYTES_MAX} bytes in UTF-8.",
            }
        ),
    ]
