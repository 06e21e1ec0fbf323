"""What arguments may be. Each function returns the argument, or raises a GraphQL error that names it."""

from typing import Final

from events.catalogue import Catalogue
from events.fields import KINDS, is_key
from service.graphql.errors import argument_refusal

FIRST_MAX: Final = 100
FIRST: Final = f"How many, 1 to {FIRST_MAX}."
AFTER: Final = "Only what comes after this cursor of the same list; null for its beginning."
KEY_FORM: Final = (
    "a key: 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -, the first a letter or digit"
)


def page_size(first: int) -> int:
    """Return how many are asked for."""
    if not 1 <= first <= FIRST_MAX:
        raise argument_refusal("argument.out_of_range", "first", f"1 to {FIRST_MAX}")
    return first


def key(value: str) -> str:
    """Return a subject's key."""
    if not is_key(value):
        raise argument_refusal("argument.malformed", "key", KEY_FORM)
    return value


def stream(value: str) -> str:
    """Return a stream's name."""
    kind, _, subject = value.partition("/")
    if kind not in KINDS or not is_key(subject):
        raise argument_refusal(
            "argument.malformed", "stream", f"<kind>/<key> with one of {', '.join(KINDS)}"
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
