"""A term: a member of a closed list, with its words. The lists in `terms` are made of it."""

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A member of a closed list. It is sent as its value; forms and documentation show its label and its meaning."""

    label: str
    """The term in people's words. Forms show it. (`title` is a method of every string.)"""
    meaning: str
    """One sentence that says what it means."""

    def __new__(cls, value: str, label: str = "", meaning: str = "") -> Self:
        term = str.__new__(cls, value)
        term._value_ = value
        term.label = label
        term.meaning = meaning
        return term
