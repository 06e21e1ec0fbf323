"""What the address of a journey asks for."""

from datetime import UTC, datetime

import pytest

from service.pages.frame.days import UnreadableDay
from service.pages.organisation.asked import asked, variables
from tests.service.pages.organisation.answers import NOW, POSITION, visit

END_OF_FIRST_OF_JULY = datetime(2024, 7, 1, 23, 59, 59, 999_999, UTC)


def test_without_parameters_the_present_journey_in_all_cohorts_is_asked_for() -> None:
    nothing = dict.fromkeys(("cohorts", "from", "asOf"))
    assert variables(visit()) == {"key": "mill", **nothing, "isPast": False}
    assert asked(visit()).until(NOW) == NOW
    assert not asked(visit()).is_unclear


def test_a_past_state_is_that_at_a_position_or_at_the_end_of_a_day() -> None:
    assert variables(visit(as_of="120"))["asOf"] == {"position": 120}
    assert variables(visit(as_of="120"))["isPast"]
    assert asked(visit(as_of="120")).until(NOW) is None
    day = variables(visit(as_of="2024-07-01"))["asOf"]
    assert datetime.fromisoformat(day["occurredAt"]) == END_OF_FIRST_OF_JULY
    assert asked(visit(as_of="2024-07-01")).until(NOW) == END_OF_FIRST_OF_JULY


def test_a_position_that_is_not_there_yet_is_the_last_one() -> None:
    assert variables(visit(as_of="999999999999999"))["asOf"] == {"position": POSITION}


@pytest.mark.parametrize("text", ["0", "-5", "1e3", "٣", "2024-13-01", "9" * 400, "x"])
def test_what_is_neither_a_day_nor_a_position_is_refused(text: str) -> None:
    with pytest.raises(UnreadableDay) as refused:
        variables(visit(as_of=text))
    assert (refused.value.name, refused.value.takes_position) == ("as-of", True)


def test_a_cohort_and_a_first_day_can_be_asked_for() -> None:
    given = variables(visit(cohort="valley", from_="2024-07-01"))
    assert given["cohorts"] == ["valley"]
    assert given["from"] == "2024-07-01T00:00:00Z"
    assert asked(visit(cohort="<script>")).is_unclear
    assert asked(visit(cohort="\0")).cohort is None


def test_an_address_keeps_all_but_what_is_changed() -> None:
    found = asked(visit(cohort="valley", as_of="2024-07-01", in_="full"))
    assert found.address(as_of=None) == "/organisations/mill?cohort=valley&in=full"
    assert found.address(detail=None, cohort=None) == "/organisations/mill?as-of=2024-07-01"
    assert asked(visit()).address() == "/organisations/mill"
