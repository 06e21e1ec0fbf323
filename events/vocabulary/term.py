"""A term: a member of a closed list. The lists in `terms` are made of it."""

from enum import StrEnum


class Term(StrEnum):
    """A member of a closed list. It is sent as its value; `words.terms` has what people read."""
