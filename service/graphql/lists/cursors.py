"""Cursors, which are opaque to clients. A cursor identifies its list and a place in it."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from events.vocabulary.fields.field_types import INTEGER_MAX
from events.vocabulary.values.times import as_datetime, moment_of
from service.graphql.errors import argument_refusal


@dataclass(frozen=True, slots=True)
class Cursors:
    """The cursors of one list, which its name and its arguments distinguish from all others.

    `types` has the types of the parts of a place: a time, a text, a position (`int`), or a `Tally`.
    """

    list: tuple[str | None, ...]
    types: tuple[type, ...] = (int,)

    def write(self, *place: Any) -> str:
        """Return the cursor of a place."""
        parts = [moment_of(part) if isinstance(part, datetime) else part for part in place]
        return b64encode(orjson.dumps([*self.list, *parts]), b"-_").decode()

    def read(self, cursor: str, argument: str = "after") -> Sequence[Any]:
        """Return the place of a cursor, which is the value of `argument`.

        Raises a GraphQL error if it is not a cursor, or belongs to another list.
        """
        try:
            parts: Any = orjson.loads(b64decode(cursor.encode(), b"-_", validate=True))
        except ValueError:
            raise _malformed(argument, cursor) from None
        if not isinstance(parts, list) or not parts or not isinstance(parts[0], str):
            raise _malformed(argument, cursor)
        size = len(self.types)
        if tuple(parts[:-size]) != self.list:
            raise argument_refusal("cursor.foreign", argument, "a cursor of this list", cursor)
        return [
            _part(part, type_, argument, cursor)
            for part, type_ in zip(parts[-size:], self.types, strict=True)
        ]


def _part(part: Any, type_: type, argument: str, cursor: str) -> Any:
    if type_ is str:
        if isinstance(part, str) and "\0" not in part:
            return part
    elif type(part) is int and abs(part) < 2**62:
        if issubclass(type_, int):
            least = 1 if type_ is int else 0
            if least <= part <= INTEGER_MAX:
                return part
        else:
            try:
                return as_datetime(part)
            except OverflowError:
                pass
    raise _malformed(argument, cursor)


def read_position(cursors: Cursors, after: str | None) -> int:
    """Return the position in the log of the cursor `after`, 0 if it is None."""
    return 0 if after is None else int(cursors.read(after)[0])


def _malformed(argument: str, cursor: str) -> Exception:
    return argument_refusal("cursor.malformed", argument, "a cursor from an answer", cursor)
