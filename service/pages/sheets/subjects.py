"""The subjects that a template offers: the queries for them, and what a cell says of each."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from service.pages.frame.addresses import plural
from service.pages.frame.names import subject_name
from service.pages.record.choices import LISTED_MAX, SHOWN

NAME_CHARACTERS_MAX: Final = 80


def subjects_query(kind: str) -> str:
    """Return the query for the newest subjects of a kind; its variable `where` is a filter."""
    return (
        f"query Subjects($where: {kind.capitalize()}Filter) {{ found: {plural(kind)}(first: {LISTED_MAX}, "
        f"where: $where, order: {{by: TIME, direction: DESC}}) {{ nodes {{ stream {SHOWN[kind]} }} }} }}"
    )


def entries_of(answer: Mapping[str, Any]) -> Sequence[str]:
    """Return what a cell says of each subject of an answer: its name, and in brackets the subject."""
    return [f"{_short(subject_name(one))} ({one['stream']})" for one in answer["found"]["nodes"]]


def _short(name: str) -> str:
    plain = " ".join(name.split())
    is_long = len(plain) > NAME_CHARACTERS_MAX
    return f"{plain[: NAME_CHARACTERS_MAX - 1].rstrip()}…" if is_long else plain
