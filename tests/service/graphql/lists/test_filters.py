"""Filters give the same in lists and in journeys, and find nothing by what is hidden from the viewer."""

from typing import Any

from events.access.principal import PUBLIC, RECORD
from events.log import EventLog
from tests.projections.stories import MakeEvent
from tests.service.graphql.client import Asker
from tests.service.graphql.learnings import LEARNINGS, keys, learned
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


async def test_lists_are_filtered_and_ordered_and_counted(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(
        [
            learned(make_event, "a", "Water is shared.", 1, themes=["water"]),
            learned(make_event, "b", "People 100% agree.", 3, themes=["people", "water"]),
            learned(make_event, "c", "A mill turns.", 5),
        ]
    )
    for where, expected in (
        ({"themes": ["water"]}, ["a", "b"]),
        ({"themes": ["people", "nothing"]}, ["b"]),
        ({"text": "WATER"}, ["a"]),
        ({"text": "0%"}, ["b"]),
        ({"evidenceLevel": {"min": 3}}, ["b", "c"]),
        ({"evidenceLevel": {"min": 2, "max": 4}}, ["b"]),
        ({"loop": ["DOUBLE"], "not": {"text": "mill"}}, ["a", "b"]),
        ({"or": [{"text": "mill"}, {"text": "water"}]}, ["a", "c"]),
        ({"and": [{"themes": ["water"]}, {"evidenceLevel": {"max": 1}}]}, ["a"]),
        ({"organisation": ["farm"]}, []),
        ({"time": {"from": "2025-03-01T00:00:00Z", "to": "2025-03-02T00:00:00Z"}}, ["a", "b", "c"]),
        ({"time": {"to": "2025-03-01T00:00:00Z"}}, []),
        ({}, ["a", "b", "c"]),
        (None, ["a", "b", "c"]),
    ):
        data = await asker.ask(LEARNINGS, first=10, where=where)
        page = data["learnings"]
        assert [node["key"] for node in page["nodes"]] == expected, where
        assert (page["totalCount"], page["filteredCount"]) == (3, len(expected))
    down = {"by": "POSITION", "direction": "DESC"}
    assert await keys(asker, order=down) == ["c", "b", "a"]
    assert await keys(asker, order={"by": "STATEMENT"}) == ["c", "b", "a"]


async def test_a_filter_by_what_the_viewer_may_not_see_is_one_by_an_unknown_key(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append([learned(make_event, "a", "Water is life.", 1, visibility="public")])
    query = """query($where: LearningFilter, $asOf: AsOf!) {
      learnings(first: 9, where: $where) { filteredCount nodes { key } }
      organisation(key: "mill") { journey(asOf: $asOf) {
        learnings(first: 9, where: $where) { filteredCount nodes { key } } } } }"""
    as_of = {"position": await log.head()}
    one = {"filteredCount": 1, "nodes": [{"key": "a"}]}
    none = {"filteredCount": 0, "nodes": []}

    async def found(**where: Any) -> list[Any]:
        data = await asker.ask(query, where=where, asOf=as_of)
        journey = data["organisation"]
        return [data["learnings"], *([journey["journey"]["learnings"]] if journey else [])]

    by_cohort, by_organisation = {"cohort": ["valley"]}, {"organisation": ["mill"]}
    for viewer in (RECORD, FARM):
        asker.viewer = viewer
        assert await found(**by_cohort) == await found(**by_organisation) == [one, one]
    asker.viewer = PUBLIC
    assert await found(**by_cohort) == await found(cohort=["unknown"]) == [none, none]
    assert await found(**{"and": [{"or": [by_cohort]}, by_cohort]}) == [none, none]
    assert await found(**{"not": by_cohort}) == await found() == [one, one]
    assert await found(**by_organisation) == [one, one]
    hidden = {"of": "organisation/mill", "visibility": "cohort"}
    await log.append([make_event("visibility.changed", "2025-03-02", **hidden)])
    assert await found(**by_organisation) == await found(organisation=["unknown"]) == [none]
