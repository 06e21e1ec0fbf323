"""What arguments may be. Each function returns the argument, or raises a GraphQL error that names it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from events.vocabulary.catalogue import Catalogue
from events.vocabulary.stream import KINDS, is_key, is_stream
from service.graphql.errors import argument_refusal

KEY_FORM: Final = (
    "a key: 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -, the first a letter or digit"
)


PAGE_SIZE: Final = 50
"""How many rows a page has, unless it is said, or lists may have fewer."""


def page_rows(most: int) -> int:
    """Return how many rows of a list are given where it is not said; `most` is the most that may be asked for."""
    return min(PAGE_SIZE, most)


@dataclass(frozen=True, slots=True)
class PageSize:
    """How many rows of a list, and from which end."""

    rows: int
    backwards: bool


def page_size(arguments: Mapping[str, Any], most: int) -> PageSize:
    """Return how many are asked for, by `first` or by `last`; a page where neither is given."""
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None and last is not None:
        raise argument_refusal("argument.contradicts", "last", "nothing beside `first`")
    size, name = (first, "first") if last is None else (last, "last")
    if size is None:
        return PageSize(page_rows(most), False)
    if not 1 <= size <= most:
        raise argument_refusal("argument.out_of_range", name, f"1 to {most}")
    return PageSize(size, last is not None)


def key(value: str, argument: str = "key") -> str:
    """Return a subject's key."""
    if not is_key(value):
        raise argument_refusal("argument.malformed", argument, KEY_FORM)
    return value


def stream(value: str, argument: str = "stream") -> str:
    """Return a stream's name."""
    if not is_stream(value):
        raise argument_refusal(
            "argument.malformed", argument, f"<kind>/<key> with one of {', '.join(KINDS)}"
        )
    return value


def event_type(value: str, catalogue: Catalogue) -> str:
    """Return an event type's full name."""
    if catalogue.find(value) is None:
        raise argument_refusal(
            "argument.malformed",
            "type",
            "an event type's full name, such as org.howcanwe.cohort.formed.v1",
        )
    return value


def span(since: datetime | None, until: datetime | None, argument: str = "to") -> None:
    """Hold two bounds to their order."""
    if since is not None and until is not None and until <= since:
        raise argument_refusal("argument.out_of_order", argument, "a moment after `from`")


def some(values: Sequence[Any] | None, argument: str, most: int) -> Sequence[Any]:
    """Return a list's values; none where it was left out."""
    if values is not None and len(values) > most:
        raise argument_refusal("argument.out_of_range", argument, f"at most {most} values")
    return values or ()
