"""The subjects that a template offers: the queries for them, and what a cell says of each."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from service.errors import NoSuchCohort
from service.pages.frame.addresses import plural
from service.pages.frame.names import subject_name
from service.pages.record.choices import LISTED_MAX, SHOWN
from service.pages.sheets.files.table import shortened

NAME_CHARACTERS_MAX: Final = 80
_MEMBERS: Final = (
    "query Subjects($cohort: String!) { found: cohort(key: $cohort) { "
    f"memberships(first: {LISTED_MAX}) {{ nodes {{ organisation {{ stream name }} }} }} }} }}"
)
"""The query for all organisations that are or were in a cohort."""


def subjects_query(kind: str, cohort: str | None) -> tuple[str, Mapping[str, Any]]:
    """Return the query for the newest subjects of a kind, of a cohort if one is given, and its variables."""
    if kind == "organisation" and cohort is not None:
        return _MEMBERS, {"cohort": cohort}
    where = {} if cohort is None else {"key" if kind == "cohort" else "cohort": [cohort]}
    document = (
        f"query Subjects($where: {kind.capitalize()}Filter) {{ found: {plural(kind)}(first: {LISTED_MAX}, "
        f"where: $where, order: {{by: TIME, direction: DESC}}) {{ nodes {{ stream {SHOWN[kind]} }} }} }}"
    )
    return document, {"where": where}


def entries_of(answer: Mapping[str, Any], cohort: str | None = None) -> Sequence[str]:
    """Return what a cell says of each subject of an answer: its name, and in brackets the subject.

    Raises NoSuchCohort if the answer to the query for a cohort's organisations has no cohort.
    """
    found = answer["found"]
    if found is None:
        raise NoSuchCohort(cohort or "")
    subjects = found["nodes"] if "nodes" in found else _members(found["memberships"]["nodes"])
    return [
        # A semicolon would divide an entry of a list into two.
        f"{shortened(subject_name(one), NAME_CHARACTERS_MAX).replace(';', ',')} ({one['stream']})"
        for one in subjects
    ]


def _members(memberships: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    return [one["organisation"] for one in memberships if one["organisation"] is not None]
