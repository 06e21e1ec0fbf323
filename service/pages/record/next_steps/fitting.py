"""Whether a subject of the graph passes a filter by which forms list what can be chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

Thing = Mapping[str, Any]
"""A subject of the graph."""


def fits(thing: Thing, filter_: Mapping[str, Any]) -> bool:
    """Return whether a list with this filter would have the subject, as far as it was asked for.

    The filter is one of `service.pages.record.choices`, without words to find.
    """
    return all(_passes(thing, name, wanted) for name, wanted in filter_.items())


def _passes(thing: Thing, name: str, wanted: Any) -> bool:
    match name:
        case "and":
            return all(fits(thing, one) for one in wanted)
        case "or":
            return any(fits(thing, one) for one in wanted)
        case "not":
            return not fits(thing, wanted)
        case "organisation":
            return bool({one["key"] for one in owners(thing)} & set(wanted))
        case "organisations":
            return bool({one["key"] for one in thing["organisations"]} & set(wanted))
    value = thing.get(name)
    if isinstance(wanted, Mapping):
        return (value is None) is wanted["none"]
    return value in wanted if isinstance(wanted, Sequence) else value is wanted


def owners(thing: Thing) -> Sequence[Thing]:
    """Return the organisation of a subject, nothing if it has none or the visitor does not see it."""
    organisation = thing.get("organisation")
    return [organisation] if organisation else []
