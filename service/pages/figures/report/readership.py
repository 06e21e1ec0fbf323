"""For whom a report is: it shows what every member of the cohort may see, whoever opens it.

The report is asked as a principal that holds the tokens that all members hold (the cohort's, that of every key, and the
public's) and no others: an analyst who is limited to this cohort. What is private or for a pair, a failure of cause
deviance at these levels, and what belongs to other cohorts have none of these tokens, so the graph does not give them,
neither as records nor in a figure, and nothing has to be taken out afterwards. No organisation is asked as, so nothing
counts as its own; figures that an absence would distort are not given.

That principal sees no more than a visitor who facilitates or evaluates the cohort, was ever a member, or is an analyst.
For everybody else the report is asked as the public.
"""

from enum import Enum
from typing import Final

from events.access.principal import PUBLIC, Principal, Role
from service.pages.frame.page import Answer, Visit

LEVEL: Final = "level"
PRIVATE: Final = "private"
"""The value of the parameter `level` with which those who oversee the cohort get all that they see."""

_OVERSEEING: Final = (Role.FACILITATOR, Role.EVALUATOR)


class Readership(Enum):
    """Those who may see all that is in a report."""

    PUBLIC = "public"
    MEMBERS = "members"
    OVERSEERS = "overseers"


def readership(answer: Answer, visit: Visit) -> Readership:
    """Return for whom the report is that this visitor gets. `answer` has the `viewer` of the frame."""
    if not sees_members_part(answer, visit):
        return Readership.PUBLIC
    if visit.query.get(LEVEL) == PRIVATE and may_see_all(answer, visit):
        return Readership.OVERSEERS
    return Readership.MEMBERS


def may_see_all(answer: Answer, visit: Visit) -> bool:
    """Return whether the visitor facilitates or evaluates the cohort."""
    return visit.viewer.role in _OVERSEEING and sees_members_part(answer, visit)


def sees_members_part(answer: Answer, visit: Visit) -> bool:
    """Return whether the visitor sees all that every member of the cohort sees."""
    viewer = visit.viewer
    if viewer.facilitates_everything or viewer.role is Role.ANALYST:
        return True
    theirs = (answer.get("viewer") or {}).get("cohorts") or ()
    return visit.key in {cohort["key"] for cohort in theirs}


def asks_as(answer: Answer, visit: Visit) -> Principal:
    """Return the principal that asks for the content of the report."""
    match readership(answer, visit):
        case Readership.OVERSEERS:
            return visit.viewer
        case Readership.MEMBERS:
            return every_member(visit.key, visit.viewer.id)
        case Readership.PUBLIC:
            return PUBLIC


def every_member(cohort: str, id: str) -> Principal:
    """Return a principal that sees exactly what every member of the cohort sees. `id` is that of whoever asks."""
    return Principal(id=id, role=Role.ANALYST, cohorts=frozenset({cohort}))
