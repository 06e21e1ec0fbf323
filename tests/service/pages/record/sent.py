"""What tests send through forms, and the event that is recorded of it."""

from events.access.principal import Role
from tests.service.app import Api
from tests.service.pages.record.forms import opened
from tests.service.pages.sign_in.browser import Visitor

NOTE = "/record/note.added"
FAILURE = "/record/failure.recorded"
ROLES = {
    "facilitator": Role.FACILITATOR,
    "mill-museum": Role.ORGANISATION,
    "evaluator": Role.EVALUATOR,
    "analyst": Role.ANALYST,
    "admin": Role.ADMIN,
}
SAYS = {
    "intended": ["A quiet opening."],
    "actual": ["Nobody came, ÄÖÜ and all."],
    "why": ["The gate was locked."],
    "degree": ["outright_failure"],
    "for_whom": ["staff", "citizens"],
}
THEN = {"event.time": ["2024-05-01T10:00"]}
"""A time at which the cohort was open."""


async def content(site: Api, position: int) -> dict[str, object]:
    """Return the event at a position, as it is recorded."""
    [recorded] = await site.service.log.events([position])
    return dict(recorded.content)


async def note(visitor: Visitor, about: str = "organisation/mill-museum") -> dict[str, list[str]]:
    """Return what the form of a note contains that says something."""
    return {**await opened(visitor, NOTE), "about": [about], "text": ["The key is under the mat."]}
