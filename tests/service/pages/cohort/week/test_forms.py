"""The forms of check-ins, which depend on the day: a member and its facilitator have them once they are due."""

import pytest

from events.access.principal import Principal, Role
from service.pages.cohort.week.view import Week, view
from service.pages.parts.checkins import Checkins
from tests.service.pages.cohort.visits import visit
from tests.service.pages.cohort.week.test_view import FACILITATOR, MILL, answer

EVALUATOR = Principal("key", Role.EVALUATOR, cohorts=frozenset({"valley"}))


def week(viewer: Principal, **query: str) -> tuple[Week, Checkins]:
    """Return the week of 1 July 2024 in a cohort that closed half a year before, and the check-ins of that time."""
    given = answer()
    closed = {**given["cohort"], "closedAt": "2023-12-20T10:00:00Z"}
    stay = {"joinedAt": "2023-01-01T10:00:00Z", "leftAt": None}
    members = [{**one, "stays": [stay]} for one in closed["memberships"]["nodes"]]
    closed["memberships"] = {"nodes": members}
    found = view({**given, "cohort": closed}, visit(viewer, **query))
    assert found is not None
    [six] = [one for one in found.checkins if one.months == 6]
    assert six.is_due
    return found, six


@pytest.mark.parametrize(
    ("viewer", "whose"),
    [(FACILITATOR, ["mill", "archive"]), (MILL, ["mill"]), (EVALUATOR, [])],
    ids=["facilitator", "mill", "evaluator"],
)
def test_a_form_is_there_for_each_who_has_not_checked_in(
    viewer: Principal, whose: list[str]
) -> None:
    found, six = week(viewer)
    forms = found.forms(six)
    assert [one["key"] for one, _ in forms] == whose
    for one, form in forms:
        assert form.address == (
            f"/record/journey.checked_in?organisation={one['key']}&cohort=valley&months_after=6"
        )


def test_the_page_of_another_day_has_none() -> None:
    found, six = week(FACILITATOR, at="2024-06-30")
    assert found.forms(six) == []
