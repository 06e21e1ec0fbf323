"""What the page of a cohort shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.pages.frame.page import Answer, Visit


@dataclass(frozen=True)
class CohortPage:
    """A cohort, its members, the counts of its funnel, and its latest entries, the newest first.

    `partial` says whether something of it is hidden from the visitor.
    """

    cohort: Mapping[str, Any]
    members: Sequence[Mapping[str, Any]]
    counts: Mapping[str, int] | None
    partial: bool
    lately: Sequence[Mapping[str, Any]]


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query."""
    return {"key": visit.key, "cohorts": [visit.key]}


def view(answer: Answer, visit: Visit) -> CohortPage | None:
    """Return what the page shows, None if there is no such cohort for the visitor."""
    cohort = answer["cohort"]
    if cohort is None:
        return None
    insights = answer["insights"]
    return CohortPage(
        cohort,
        [one for one in cohort["memberships"]["nodes"] if one["organisation"]],
        insights["funnel"],
        insights["partial"],
        list(reversed(cohort["timeline"]["nodes"])),
    )
