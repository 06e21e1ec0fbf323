"""Event types as a projection names them: by their class, or by their name."""

from difflib import get_close_matches
from typing import Final

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types import EventType

TypeNamed = type[EventType] | str
"""An event type's class, or its name, such as `help.given`."""

EVERY_TYPE: Final = "*"
"""Stands for all event types."""

_NAMES: Final = tuple(kind.name for kind in VOCABULARY.kinds)


def type_name(named: TypeNamed) -> str:
    """Return the event type's name. Raises ValueError if there is no such type."""
    name = getattr(named, "name", named)
    if name == EVERY_TYPE or name in _NAMES:
        return str(name)
    similar = get_close_matches(str(name), _NAMES, 1, cutoff=0.8)
    hint = f"; did you mean {similar[0]}?" if similar else ""
    raise ValueError(f"there is no event type {name}{hint}")
