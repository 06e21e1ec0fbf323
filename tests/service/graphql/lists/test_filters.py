"""Filters give the same in lists and in journeys, and find nothing by what is hidden from the viewer."""

from typing import Any

from events.access.principal import PUBLIC, RECORD
from events.log import EventLog
from tests.projections.stories import MakeEvent
from tests.service.graphql.lists.lists import FARM, MILL, Lists


async def test_g04_organisations_are_found_by_sector_and_country(lists: Lists) -> None:
    assert await lists.keys("organisations", {"sector": ["  MUSEUMS"]}) == ["mill"]
    assert await lists.keys("organisations", {"country": ["GB", "FR"]}) == ["mill"]
    assert await lists.keys("organisations", {"country": ["gb"]}) == []
    assert await lists.keys("organisations", {"not": {"country": ["GB"]}}) == ["farm"]
    assert await lists.keys("cohorts", {"sector": ["museums"]}) == []


async def test_g04_what_organisations_do_is_found_by_their_sector_and_country(
    lists: Lists,
) -> None:
    every = await lists.keys("learnings")
    assert await lists.keys("learnings", {"sector": ["Museums"], "country": ["GB"]}) == every
    assert await lists.keys("learnings", {"sector": ["food"]}) == []
    query = """query($sector: [String!]) { cohort(key: "valley") {
      adoptions(where: { sector: $sector }) { totalCount filteredCount } } }"""
    for sector, expected in (("food", 3), ("museums", 0)):
        found = (await lists.asker.ask(query, sector=[sector]))["cohort"]["adoptions"]
        assert found == {"totalCount": 3, "filteredCount": expected}


async def test_g04_a_sector_of_a_hidden_organisation_matches_nothing(
    lists: Lists, log: EventLog, make_event: MakeEvent
) -> None:
    for stream in ("learning/alone", "organisation/mill"):
        level = "public" if stream.startswith("learning") else "cohort"
        await log.append(
            [make_event("visibility.changed", "2025-04-01", of=stream, visibility=level)]
        )
    lists.asker.viewer = PUBLIC
    assert await lists.keys("learnings") == ["alone"]
    for where in ({"sector": ["museums"]}, {"country": ["GB"]}, {"organisation": ["mill"]}):
        assert await lists.keys("learnings", where) == []
        assert await lists.keys("learnings", {"not": where}) == ["alone"]


async def test_g04_subjects_are_found_by_key(lists: Lists) -> None:
    wanted = ["taken", "unknown", "alone"]
    assert await lists.keys("learnings", {"key": wanted}) == ["taken", "alone"]
    assert await lists.keys("learnings", {"key": []}) == []
    lists.asker.viewer = FARM
    assert await lists.keys("questions", {"key": ["secret", "open"]}) == ["open"]


async def test_g04_iterations_are_found_by_their_question_if_that_may_be_seen(
    lists: Lists,
) -> None:
    assert await lists.keys("iterations", {"question": ["open"]}) == ["early", "late"]
    by_secret = {"question": ["secret"]}
    for viewer, expected in ((RECORD, ["hidden"]), (MILL, ["hidden"]), (FARM, [])):
        lists.asker.viewer = viewer
        assert await lists.keys("iterations", by_secret) == expected
        rest = [key for key in ("early", "late", "hidden") if key not in expected]
        assert await lists.keys("iterations", {"not": by_secret}) == rest
        assert await lists.keys("iterations", {"or": [by_secret, {"key": ["late"]}]}) == [
            "late",
            *expected,
        ]


async def test_g04_what_has_no_moment_is_found(
    lists: Lists, log: EventLog, make_event: MakeEvent
) -> None:
    assert await lists.keys("cohorts", {"closedAt": {"none": True}}) == ["valley"]
    assert await lists.keys("iterations", {"concludedAt": {"none": True}}) == ["hidden"]
    assert await lists.keys("iterations", {"concludedAt": {"none": False}}) == ["early", "late"]
    after = {"from": "2025-03-06T00:00:00Z"}
    assert await lists.keys("iterations", {"concludedAt": after}) == ["late"]
    assert await lists.keys("iterations", {"concludedAt": {**after, "none": True}}) == []
    assert await lists.keys("iterations", {"not": {"concludedAt": after}}) == ["early", "hidden"]
    await log.append([make_event("cohort.closed", "2025-05-01", cohort="valley")])
    assert await lists.keys("cohorts", {"closedAt": {"none": True}}) == []
    assert await lists.keys("cohorts", {"closedAt": {"none": False}}) == ["valley"]


async def test_a_filter_given_as_a_variable_lets_in_the_same_after_any_earlier_query(
    lists: Lists,
) -> None:
    def either(one: str, other: str) -> dict[str, Any]:
        return {"or": [{"key": [one]}, {"key": [other]}]}

    for one, other, expected in (
        ("taken", "alone", ["taken", "alone"]),
        ("alone", "alone", ["alone"]),
        ("favoured", "alone", ["alone", "favoured"]),
    ):
        assert await lists.keys("learnings", either(one, other)) == expected
        both = {"and": [{"organisation": ["mill"]}, {"key": [one]}]}
        assert await lists.keys("learnings", both) == [one]
        both = {"and": [{"organisation": ["mill", one]}, {"key": [other]}]}
        assert await lists.keys("learnings", both) == [other]
