"""What `/` shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.pages.frame.page import Answer, Visit


@dataclass(frozen=True)
class Home:
    """The cohorts, the newest first, and the organisation to begin with if the visitor belongs to one."""

    cohorts: Sequence[Mapping[str, Any]]
    more: int
    own: Mapping[str, Any] | None


def view(answer: Answer, visit: Visit) -> Home:
    """Return what `/` shows."""
    found = answer["cohorts"]
    viewer = answer.get("viewer") or {}
    return Home(
        found["nodes"], found["totalCount"] - len(found["nodes"]), viewer.get("organisation")
    )
