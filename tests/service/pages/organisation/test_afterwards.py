"""What came after the close of a cohort: a time for each of six, twelve and twenty-four months, recorded or not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from events.access.principal import PUBLIC, RECORD, Principal, Role
from service.pages.organisation.afterwards import Afterwards, afterwards
from tests.service.pages.organisation.answers import (
    Node,
    checkin,
    cohort,
    journey,
    membership,
    page_of,
    several,
    visit,
)
from tests.service.pages.reading import PageReader

CLOSE = "2024-10-10T12:00:00Z"
LATE = datetime(2027, 1, 1, tzinfo=UTC)
CLOSED = membership(cohort(closed_at=CLOSE))


def after(
    *checkins: Node, of: Node = CLOSED, until: datetime = LATE, hosted: Sequence[str] = ()
) -> list[Afterwards]:
    return afterwards([of], checkins, until, hosted, lambda cohort: True)


def times(found: list[Afterwards]) -> list[tuple[int, list[int]]]:
    """Return the months, each with the positions of its check-ins."""
    return [
        (time.months, [made["position"] for made in time.checkins])
        for one in found
        for time in one.times
    ]


def test_a_check_in_counts_for_the_time_that_it_is_near() -> None:
    found = after(checkin(1, 5), checkin(2, 12), checkin(3, 14), checkin(4, 17))
    assert times(found) == [(6, [1]), (12, [2, 3]), (17, [4]), (24, [])]


def test_a_time_that_is_still_to_come_has_its_day() -> None:
    [found] = after(until=datetime(2025, 5, 1, tzinfo=UTC))
    assert [time.due for time in found.times] == [None, date(2025, 10, 10), date(2026, 10, 10)]


def test_there_is_no_time_after_a_cohort_that_is_open_or_not_closed_yet_then() -> None:
    assert after(of=membership(cohort())) == []
    assert after(until=datetime(2024, 10, 1, tzinfo=UTC)) == []


def test_who_left_before_the_close_is_not_asked_but_what_it_told_is_shown() -> None:
    left = {**CLOSED, "stays": [{**CLOSED["stays"][0], "leftAt": "2024-05-01T10:00:00Z"}]}
    assert after(of=left) == []
    assert times(after(checkin(1, 12), of=left)) == [(12, [1])]


def test_a_host_is_not_asked() -> None:
    assert after(hosted=["valley"]) == []


def test_check_ins_whose_cohort_is_not_shown_are_not_lost() -> None:
    [_, others] = after(checkin(1, 12, None), checkin(2, 6, "another"))
    assert others.cohort is None
    assert times([others]) == [(6, [2]), (12, [1])]


def shown(viewer: Principal, **query: str) -> str:
    """Return what the page says after the close."""
    here = replace(visit(**query), viewer=viewer, now=LATE)
    text = PageReader(page_of(journey(CLOSED, checkins=several(checkin(9, 12))), here)).text
    return text.partition("After the close:")[2]


def test_what_was_not_recorded_is_said_to_who_would_see_it() -> None:
    cohorts = frozenset({"valley"})
    for viewer in (
        RECORD,
        Principal("own", Role.ORGANISATION, organisation="mill"),
        Principal("theirs", Role.FACILITATOR, cohorts=cohorts),
        Principal("evaluator", Role.EVALUATOR, cohorts=cohorts),
    ):
        assert "Six months later · not recorded A year later" in shown(viewer)
    for viewer in (
        PUBLIC,
        Principal("peer", Role.ORGANISATION, organisation="library"),
        Principal("other", Role.FACILITATOR, cohorts=frozenset({"another"})),
    ):
        assert "Six months later · not recorded, or not shown to you" in shown(viewer)


def test_a_part_of_a_journey_does_not_deny_what_came_before_it() -> None:
    assert "not recorded, or not shown to you" in shown(RECORD, from_="2025-01-01")
