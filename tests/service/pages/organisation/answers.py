"""Small answers of the graph, as the page of an organisation gets them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from events.access.principal import RECORD
from service.pages.frame.language import languages
from service.pages.frame.page import Visit
from service.pages.frame.templates import rendered
from service.pages.organisation.view import LISTS, OrganisationPage, view

Node = dict[str, Any]

NOW: Final = datetime(2024, 9, 1, 12, tzinfo=UTC)
POSITION: Final = 300
ENGLISH: Final = languages()["en"]


def several(*nodes: Node, has_more: bool = False, count: int | None = None) -> Node:
    """Return a list with these nodes."""
    return {
        "nodes": list(nodes),
        "pageInfo": {"hasNextPage": has_more},
        "filteredCount": len(nodes) if count is None else count,
    }


def organisation(key: str) -> Node:
    """Return an organisation as it is named beside other things."""
    return {"key": key, "name": f"The {key}"}


def question(key: str, *wordings: Node, **given: Any) -> Node:
    """Return a question, framed at position 1 of the log, if nothing else is given."""
    framings = wordings or (wording(1, "2024-01-10T12:00:00Z", f"How can we {key}?"),)
    return {
        "key": key,
        "position": framings[0]["position"],
        "text": framings[-1]["text"],
        "language": None,
        "state": "OPEN",
        "time": framings[0]["time"],
        "timePrecision": None,
        "closedAt": None,
        "summary": None,
        "visibility": "COHORT",
        "parent": None,
        "answers": [],
        "framings": several(*framings),
        **given,
    }


def wording(
    position: int, time: str, text: str, *because_of: Node, reason: str | None = None
) -> Node:
    """Return a wording of a question."""
    return {
        "position": position,
        "time": time,
        "timePrecision": None,
        "text": text,
        "language": None,
        "reason": reason,
        "becauseOf": list(because_of),
    }


def trial(key: str, of: str | None, time: str, **given: Any) -> Node:
    """Return a trial that was planned at this time."""
    return {
        "key": key,
        "title": f"The trial {key}",
        "hypothesis": "It works.",
        "state": "PLANNED",
        "result": None,
        "decision": None,
        "evidenceLevel": None,
        "conclusion": None,
        "time": time,
        "timePrecision": None,
        "startedAt": None,
        "concludedAt": None,
        "startsOn": None,
        "endsOn": None,
        "visibility": "COHORT",
        "question": of and {"key": of, "text": f"How can we {of}?", "language": None},
        "follows": None,
        "inspiredBy": [],
        "observations": several(),
        "participations": several(),
        **given,
    }


def concluded(key: str, of: str | None, begin: str, end: str, result: str, **given: Any) -> Node:
    """Return a trial that was concluded."""
    return trial(
        key,
        of,
        begin,
        **{
            "state": "CONCLUDED",
            "startedAt": begin,
            "concludedAt": end,
            "result": result,
            "decision": "PIVOT",
            **given,
        },
    )


def failure(key: str, time: str, *, iteration: str | None = None, **given: Any) -> Node:
    """Return a failure."""
    return {
        "key": key,
        "time": time,
        "timePrecision": None,
        "intended": "That many come.",
        "actual": f"Nobody came to {key}.",
        "why": "It rained.",
        "degree": "OUTRIGHT_FAILURE",
        "failureType": None,
        "facet": None,
        "visibility": "COHORT",
        "iteration": iteration and {"key": iteration},
        "question": None,
        **given,
    }


def learning(key: str, time: str, *sources: str, **given: Any) -> Node:
    """Return a learning."""
    return {
        "key": key,
        "time": time,
        "timePrecision": None,
        "statement": f"We learned {key}.",
        "loop": "SINGLE",
        "evidenceLevel": 2,
        "visibility": "COHORT",
        "sources": [{"stream": source} for source in sources],
        "revisions": several(),
        "adoptions": several(),
        "challenges": several(),
        **given,
    }


def adopted_by(key: str, position: int, time: str, adaptation: str | None = None) -> Node:
    """Return that another organisation took a learning up."""
    return {
        "position": position,
        "time": time,
        "timePrecision": None,
        "adaptation": adaptation,
        "organisation": organisation(key),
        "iteration": None,
    }


def adoption(position: int, time: str, *, iteration: str | None = None) -> Node:
    """Return that a learning of the library was taken up."""
    return {
        "position": position,
        "time": time,
        "timePrecision": None,
        "adaptation": "By letter.",
        "learning": {
            "key": "reply",
            "statement": "Reply soon.",
            "organisation": organisation("library"),
            "revisions": several(),
        },
        "iteration": iteration and {"key": iteration},
    }


def checkin(position: int, months: int, of: str | None = "valley", **given: Any) -> Node:
    """Return a check-in after the close of a cohort."""
    return {
        "position": position,
        "time": "2025-04-10T12:00:00Z",
        "timePrecision": None,
        "cohort": of and {"key": of},
        "monthsAfter": months,
        "status": "GROWING",
        "narrative": None,
        **given,
    }


def cohort(key: str = "valley", closed_at: str | None = None) -> Node:
    """Return a cohort as a membership has it."""
    return {
        "key": key,
        "title": f"The cohort {key}",
        "startsOn": "2024-01-01",
        "plannedMonths": 9,
        "closedAt": closed_at,
        "timeline": several(),
    }


def membership(of: Node) -> Node:
    """Return the membership in a cohort."""
    stay = {
        "joinedAt": "2024-01-02T10:00:00Z",
        "motivation": None,
        "leftAt": None,
        "leaveReason": None,
        "note": None,
    }
    return {"cohort": of, "stays": [stay]}


def journey(*memberships: Node, **lists: Node) -> Node:
    """Return a journey with these lists; all others are empty."""
    return {
        "position": POSITION,
        "memberships": several(*(memberships or (membership(cohort()),))),
        **{name: several() for name in LISTS},
        **lists,
    }


def answer(of: Mapping[str, Any]) -> Node:
    """Return the answer with a journey of the mill."""
    return {
        "organisation": {
            "key": "mill",
            "name": "The mill",
            "sector": "museums",
            "purpose": None,
            "country": "GB",
            "hostedCohorts": several(),
            "journey": of,
        }
    }


def visit(**query: str) -> Visit:
    """Return a visit to the page of the mill. In names, `_` stands for `-`, and is left out at the end."""
    return Visit(
        "/organisations/mill",
        {"key": "mill"},
        {name.rstrip("_").replace("_", "-"): value for name, value in query.items()},
        RECORD,
        ENGLISH,
        NOW,
        POSITION,
    )


def shown(of: Mapping[str, Any], **query: str) -> OrganisationPage:
    """Return what the page shows of a journey of the mill."""
    found = view(answer(of), visit(**query))
    assert found is not None
    return found


def page(of: Mapping[str, Any], **query: str) -> str:
    """Return the HTML of the page."""
    return page_of(of, visit(**query))


def page_of(of: Mapping[str, Any], here: Visit) -> str:
    """Return the HTML of the page for a visit."""
    around: Node = {
        "visit": here,
        "viewer": None,
        "for_programs": None,
        "languages": [],
        "public": None,
        "licence": None,
    }
    found = view(answer(of), here)
    return rendered("organisation/template.html", ENGLISH, {"view": found, **around})
