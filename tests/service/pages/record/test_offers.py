from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from events.access.principal import Principal, Role
from service.pages.record.offers import buttons
from tests.service.pages.cohort.visits import visit

OPEN = {"key": "valley", "title": "Valley", "closedAt": None}
CLOSED = {"key": "hill", "title": "Hill", "closedAt": "2024-10-10T16:00:00Z"}
ANSWER: Mapping[str, Any] = {
    "viewer": {"cohorts": [OPEN, CLOSED]},
    "open": {"nodes": [{"key": "coast", "title": "Coast"}]},
}


def hosted(principal: Principal, answer: Mapping[str, Any] = ANSWER) -> list[str]:
    """Return the keys of the cohorts in which a principal is offered to host a session."""
    visited = replace(visit(principal), path="/record")
    return [one["key"] for one in buttons(answer, visited).hosted]


def test_a_facilitator_hosts_in_open_cohorts() -> None:
    assert hosted(Principal("key", Role.FACILITATOR, frozenset({"valley", "hill"}))) == ["valley"]
    of_everything = {**ANSWER, "viewer": {"cohorts": None}}
    assert hosted(Principal("key", Role.FACILITATOR), of_everything) == ["coast"]


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.FACILITATOR])
def test_nobody_else_does(role: Role) -> None:
    assert hosted(Principal("key", role, organisation="mill")) == []


def test_the_public_is_offered_nothing() -> None:
    assert hosted(Principal("public", Role.PUBLIC), {"open": ANSWER["open"]}) == []
