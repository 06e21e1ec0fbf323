"""Ids of nodes: opaque to clients. Each names what it is of and, of the past, the moment at which that stood."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from events.vocabulary.fields import INTEGER_MAX
from events.vocabulary.stream import KEY_PATTERN, KINDS
from events.vocabulary.times import as_datetime, as_text, moment, moment_of
from service.graphql.errors import argument_refusal

ENTRY: Final = "event"
"""The kind of an entry of a timeline, by the event's position."""

EVENT: Final = "log"
"""The kind of an event as the log keeps it, by its position."""

JOURNEY: Final = "journey"
"""The kind of a journey, by its organisation's key."""

THEN: Final = "@@then"
"""Where a row of the past has what its id ends with. No field's slot is called so."""

_FORM: Final = re.compile(
    rf"([a-z][a-zA-Z]*)/({KEY_PATTERN})(?:@([0-9]{{1,16}})(?:,([0-9:.TZ-]+))?(?:;({KEY_PATTERN}))?)?"
)
_BY_KEY: Final = frozenset({*KINDS, JOURNEY})
_POSITION: Final = re.compile("[1-9][0-9]{0,15}")


class Moment(NamedTuple):
    """A moment of the record: what the log had up to a position, of which only what had happened by a time counts."""

    position: int
    occurred_at: datetime | None = None

    def has(self, position: int, occurred_at: datetime) -> bool:
        """Say whether an event counts."""
        return position <= self.position and (
            self.occurred_at is None or occurred_at <= self.occurred_at
        )


class Identity(NamedTuple):
    """What an id names: a subject by its key, a journey by its organisation's, anything else by a position.

    With a moment, it is what stood then, as the journey of `organisation` shows it; None: of the organisation that it
    belongs to.
    """

    kind: str
    name: str
    moment: Moment | None = None
    organisation: str | None = None

    @property
    def stream(self) -> str:
        """What it is, whatever the moment: `<kind>/<name>`."""
        return f"{self.kind}/{self.name}"

    @property
    def then(self) -> str:
        """What the id ends with, of the past."""
        return "" if self.moment is None else then_of(self.moment, self.organisation)

    @property
    def told(self) -> str | None:
        """The organisation as whose journey shows it, if the id says that."""
        is_its_own = self.kind in ("organisation", JOURNEY)
        return self.organisation or (self.name if is_its_own else None)

    @property
    def id(self) -> str:
        """The opaque id."""
        return opaque(f"{self.stream}{self.then}")

    @classmethod
    def read(cls, id: str, argument: str = "id") -> "Identity":
        """Return what the id names. Raises a GraphQL error for what is no id."""
        try:
            text = b64decode(id.encode() + b"=" * (-len(id) % 4), b"-_", validate=True).decode()
            found = _read(text)
        except (ValueError, OverflowError):
            found = None
        if found is None or found.id != id:
            raise argument_refusal("argument.malformed", argument, "an id, as a node gave it")
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
    then = Moment(int(position), happened_by)
    return Identity(kind, name, then, organisation)


def opaque(text: str) -> str:
    """Return the opaque id that says this."""
    return b64encode(text.encode(), b"-_").decode().rstrip("=")


def id_of(kind: str, name: Any, row: Mapping[str, Any]) -> str:
    """Return the opaque id of what a row stands for."""
    return opaque(f"{kind}/{name}{row.get(THEN, '')}")


def then_of(moment: Moment, organisation: str | None) -> str:
    """Return what an id ends with that names this moment, of the journey of another organisation than its own."""
    position, occurred_at = moment
    time = "" if occurred_at is None else f",{as_text(moment_of(occurred_at))}"
    whose = "" if organisation is None else f";{organisation}"
    return f"@{position}{time}{whose}"
