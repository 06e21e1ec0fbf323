"""Ids of nodes, which are opaque to clients. An id names a node and, for a past state, the point in history."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from events.vocabulary.fields.field_types import INTEGER_MAX
from events.vocabulary.stream import KEY_PATTERN, KINDS
from events.vocabulary.values.times import as_datetime, as_text, moment, moment_of
from projections.store.added_columns import AddedColumn
from service.graphql.errors import argument_refusal

ENTRY: Final = "event"
"""The kind of a timeline entry, which is named by the position of its event."""

EVENT: Final = "log"
"""The kind of an event in the log, which is named by its position."""

JOURNEY: Final = "journey"
"""The kind of a journey, which is named by the key of its organisation."""

THEN: Final = AddedColumn.THEN.value
"""The member of a row of the past that has the end of its id."""

_FORM: Final = re.compile(
    rf"([a-z][a-zA-Z]*)/({KEY_PATTERN})(?:@([0-9]{{1,16}})(?:,([0-9:.TZ-]+))?(?:;({KEY_PATTERN}))?)?"
)
_BY_KEY: Final = frozenset({*KINDS, JOURNEY})
_POSITION: Final = re.compile("[1-9][0-9]{0,15}")


class HistoryPoint(NamedTuple):
    """A point in the history of the record: the events up to a position that happened by a time, if one is given."""

    position: int
    occurred_at: datetime | None = None

    def has(self, position: int, occurred_at: datetime) -> bool:
        """Return whether an event is taken into account at this point."""
        return position <= self.position and (
            self.occurred_at is None or occurred_at <= self.occurred_at
        )


class Identity(NamedTuple):
    """What an id names: a subject by its key, a journey by the key of its organisation, or another node by a position.

    With a `moment`, the id names the state at that point, as shown in the journey of `organisation`. If that is None,
    the journey is that of the organisation that owns the node.
    """

    kind: str
    name: str
    moment: HistoryPoint | None = None
    organisation: str | None = None

    @property
    def stream(self) -> str:
        """The node in any state, as `<kind>/<name>`."""
        return f"{self.kind}/{self.name}"

    @property
    def then(self) -> str:
        """The end of the id, which names a past state. Empty for the current state."""
        return "" if self.moment is None else then_of(self.moment, self.organisation)

    @property
    def journey_organisation(self) -> str | None:
        """The organisation whose journey shows the node, None if the id does not name it."""
        is_its_own = self.kind in ("organisation", JOURNEY)
        return self.organisation or (self.name if is_its_own else None)

    @property
    def id(self) -> str:
        """The opaque id."""
        return opaque(f"{self.stream}{self.then}")

    @classmethod
    def read(cls, id: str, argument: str = "id") -> "Identity":
        """Return what the id names. Raises a GraphQL error if it is not an id."""
        try:
            text = b64decode(id.encode() + b"=" * (-len(id) % 4), b"-_", validate=True).decode()
            found = _read(text)
        except (ValueError, OverflowError):
            found = None
        if found is None or found.id != id:
            raise argument_refusal("argument.malformed", argument, "the `id` of a node", id)
        return found


def _read(text: str) -> Identity | None:
    parts = _FORM.fullmatch(text)
    if parts is None:
        return None
    kind, name, position, occurred_at, organisation = parts.groups()
    if kind not in _BY_KEY and not (_POSITION.fullmatch(name) and int(name) <= INTEGER_MAX):
        return None
    if position is None:
        return Identity(kind, name)
    if int(position) > INTEGER_MAX:
        return None
    happened_by = as_datetime(moment(occurred_at)) if occurred_at else None
    then = HistoryPoint(int(position), happened_by)
    return Identity(kind, name, then, organisation)


def opaque(text: str) -> str:
    """Return a text as an opaque id."""
    return b64encode(text.encode(), b"-_").decode().rstrip("=")


def id_of(kind: str, name: Any, row: Mapping[str, Any]) -> str:
    """Return the opaque id of the node that a row has."""
    return opaque(f"{kind}/{name}{row.get(THEN, '')}")


def then_of(moment: HistoryPoint, organisation: str | None) -> str:
    """Return the end of an id of a past state; `organisation` is None for the journey of the node's owner."""
    position, occurred_at = moment
    time = "" if occurred_at is None else f",{as_text(moment_of(occurred_at))}"
    whose = "" if organisation is None else f";{organisation}"
    return f"@{position}{time}{whose}"
