"""Who a report or a wall is for: by default it shows what every member of the cohort may see, to all who open it.

It is asked as the principal of `events.access.any_member`, so the graph gives nothing else, neither as records nor in a
figure, and nothing has to be taken out afterwards.
"""

from enum import Enum
from typing import Final

from events.access.any_member import any_member
from events.access.principal import Principal, Role
from service.pages.frame.page import Answer, Visit

LEVEL: Final = "level"
PRIVATE: Final = "private"
"""The value of the parameter `level` with which those who oversee the cohort get all that they see."""

_OVERSEEING: Final = (Role.FACILITATOR, Role.EVALUATOR)


class Readership(Enum):
    """Those who may see all that is shown."""

    PUBLIC = "public"
    MEMBERS = "members"
    OVERSEERS = "overseers"


def readership(answer: Answer, visit: Visit) -> Readership:
    """Return for whom it is what this visitor gets. `answer` has the `viewer` of the frame."""
    if _as_member(answer, visit).role is Role.PUBLIC:
        return Readership.PUBLIC
    if visit.query.get(LEVEL) == PRIVATE and may_see_all(answer, visit):
        return Readership.OVERSEERS
    return Readership.MEMBERS


def may_see_all(answer: Answer, visit: Visit) -> bool:
    """Return whether the visitor facilitates or evaluates the cohort."""
    return visit.viewer.role in _OVERSEEING and _as_member(answer, visit).role is not Role.PUBLIC


def asks_as(answer: Answer, visit: Visit) -> Principal:
    """Return the principal that asks for what is shown."""
    if readership(answer, visit) is Readership.OVERSEERS:
        return visit.viewer
    return _as_member(answer, visit)


def _as_member(answer: Answer, visit: Visit) -> Principal:
    joined = []
    if visit.viewer.organisation is not None:
        joined = [cohort["key"] for cohort in answer["viewer"]["cohorts"] or ()]
    return any_member(visit.viewer, visit.key, joined)
