"""Cursors: opaque to clients; each says which list it belongs to, and a place in it."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from events.fields import INTEGER_MAX
from events.moments import as_datetime
from projections.reading import Place
from service.graphql.errors import argument_refusal


@dataclass(frozen=True, slots=True)
class Cursors:
    """The cursors of one list, which its name and its arguments tell from every other."""

    list: tuple[str | None, ...]

    def write(self, *place: int) -> str:
        """Return the cursor of a place."""
        return b64encode(orjson.dumps([*self.list, *place]), b"-_").decode()

    def read(self, cursor: str, numbers: int) -> Sequence[int]:
        """Return the place (that many numbers) of a cursor given as `after`.

        Raises a GraphQL error for what is no cursor, and for one of another list.
        """
        try:
            parts: Any = orjson.loads(b64decode(cursor.encode(), b"-_", validate=True))
        except ValueError:
            raise _malformed() from None
        if not isinstance(parts, list) or not parts or not isinstance(parts[0], str):
            raise _malformed()
        if tuple(parts[:-numbers]) != self.list:
            raise argument_refusal("cursor.foreign", "after", "a cursor of this list")
        place = parts[-numbers:]
        if not all(type(part) is int and abs(part) < 2**62 for part in place):
            raise _malformed()
        return place


def read_place(cursors: Cursors, after: str | None) -> Place | None:
    """Return the place in a timeline that `after` names; None for its beginning."""
    if after is None:
        return None
    occurred_us, position = cursors.read(after, 2)
    try:
        as_datetime(occurred_us)
    except OverflowError:
        raise _malformed() from None
    if not 0 < position <= INTEGER_MAX:
        raise _malformed()
    return Place(occurred_us, position)


def read_position(cursors: Cursors, after: str | None) -> int:
    """Return the position in the log that `after` names; 0 for its beginning."""
    if after is None:
        return 0
    [position] = cursors.read(after, 1)
    if not 0 < position <= INTEGER_MAX:
        raise _malformed()
    return position


def _malformed() -> Exception:
    return argument_refusal("cursor.malformed", "after", "a cursor, as a list gave it")
