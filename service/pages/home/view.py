"""What `/` shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.pages.frame.page import Answer, Visit
from service.pages.home.waiting import CohortWaiting, OwnWaiting, at_own, in_cohorts


@dataclass(frozen=True)
class Home:
    """The cohorts, the newest first, and the organisation to begin with if the visitor belongs to one.

    `waiting` is what waits for a facilitator, `own_waiting` what waits for a member.
    """

    cohorts: Sequence[Mapping[str, Any]]
    more: int
    own: Mapping[str, Any] | None
    waiting: Sequence[CohortWaiting]
    own_waiting: OwnWaiting | None


def view(answer: Answer, visit: Visit) -> Home:
    """Return what `/` shows."""
    found = answer["cohorts"]
    viewer = answer.get("viewer") or {}
    return Home(
        cohorts=found["nodes"],
        more=found["totalCount"] - len(found["nodes"]),
        own=viewer.get("organisation"),
        waiting=in_cohorts(answer, visit),
        own_waiting=at_own(answer, visit),
    )
