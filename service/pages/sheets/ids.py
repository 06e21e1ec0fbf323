"""Ids of the events that rows are about, so that a sheet that is sorted or extended repeats what was recorded.

An id comes from the column `id`, else from a column that the sender names, else from the row's content: then a row that
was changed is another event.
"""

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid5

from events.vocabulary.catalogue import JsonObject

_NAMESPACE: Final = UUID("0b0f7f5e-6c1c-5d0b-9d9f-3f1f0a6a4c55")
"""The namespace of the UUIDs that are made from content (RFC 9562, version 5). It never changes."""


def of_key(type_: str, value: str) -> str:
    """Return the id of a row by the value of its key column. Rows of several types may have the same value."""
    return f"{type_}/{value}"


def of_content(attributes: Mapping[str, Any], data: JsonObject) -> str:
    """Return the id of a row by its content; `data` without the keys that are made from the id."""
    return _uuid(json.dumps([attributes, data], sort_keys=True, separators=(",", ":")))


def random_of(id_: str) -> str:
    """Return the UUID from which the keys of what an event creates have their bits: always the same for an id."""
    try:
        return str(UUID(id_))
    except ValueError:
        return _uuid(id_)


def _uuid(text: str) -> str:
    # A lone surrogate is refused later, with its place.
    return str(uuid5(_NAMESPACE, text.encode(errors="backslashreplace").decode()))
