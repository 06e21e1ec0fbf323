"""Checks of arguments, for the fields that have them.

Each function returns the value of the argument, or raises a GraphQL error that names the argument.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from events.vocabulary.catalogue import Catalogue
from events.vocabulary.stream import KINDS, is_key, is_stream
from events.vocabulary.values.language_tags import is_language
from service.graphql.errors import argument_refusal

KEY_FORM: Final = (
    "a key (1 to 64 of the characters A-Z a-z 0-9 . _ ~ -, beginning with a letter or digit)"
)


PAGE_SIZE: Final = 50
"""The number of rows on a page for which a request gives no size, if lists may be that long."""


def page_rows(most: int) -> int:
    """Return the number of rows on a page for which a request gives no size; `most` is the largest size allowed."""
    return min(PAGE_SIZE, most)


@dataclass(frozen=True, slots=True)
class PageSize:
    """The number of rows to return, and from which end of the list."""

    rows: int
    backwards: bool


def page_size(arguments: Mapping[str, Any], most: int) -> PageSize:
    """Return the size that `first` or `last` gives, or the default size if both are null."""
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None and last is not None:
        raise argument_refusal("argument.contradicts", "last", "null beside `first`", last)
    size, name = (first, "first") if last is None else (last, "last")
    if size is None:
        return PageSize(page_rows(most), False)
    if not 1 <= size <= most:
        raise argument_refusal("argument.out_of_range", name, f"1 to {most}", size)
    return PageSize(size, last is not None)


def key(value: str, argument: str = "key") -> str:
    """Return a subject's key."""
    if not is_key(value):
        raise argument_refusal("argument.malformed", argument, KEY_FORM, value)
    return value


def stream(value: str, argument: str = "stream") -> str:
    """Return a stream's name."""
    if not is_stream(value):
        raise argument_refusal(
            "argument.malformed",
            argument,
            f"`<kind>/<key>` with one of the kinds {', '.join(KINDS)}",
            value,
        )
    return value


def event_types(value: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the full names of an event type, given by its short name (every version) or full name."""
    names = catalogue.versions(value)
    if not names:
        raise argument_refusal("argument.malformed", "type", catalogue.expected(value), value)
    return names


def language(value: str, argument: str = "language") -> str:
    """Return a language's tag."""
    if not is_language(value):
        raise argument_refusal(
            "argument.malformed", argument, "a BCP 47 language tag, such as cy or de-AT", value
        )
    return value


def span(since: datetime | None, until: datetime | None, argument: str = "to") -> None:
    """Check that `until` is after `since`, if both are given."""
    if since is not None and until is not None and until <= since:
        raise argument_refusal("argument.out_of_order", argument, "a time after `from`", until)


def some(values: Sequence[Any] | None, argument: str, most: int) -> Sequence[Any]:
    """Return the values of a list, which has none if it is null. It may have at most `most` values."""
    if values is not None and len(values) > most:
        raise argument_refusal(
            "argument.out_of_range", argument, f"at most {most} values", len(values)
        )
    return values or ()
