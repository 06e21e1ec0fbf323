"""Lists are in the order that is asked for, page by page, for every viewer."""

import pytest

from events.access.principal import RECORD
from events.log import EventLog
from tests.projections.stories import MakeEvent
from tests.service.graphql.lists.lists import ANALYST, FARM, MILL, Lists


async def test_g04_learnings_are_ordered_by_the_adoptions_that_the_viewer_may_see(
    lists: Lists, log: EventLog, make_event: MakeEvent
) -> None:
    down = {"by": "ADOPTIONS", "direction": "DESC"}
    for viewer in (RECORD, MILL, FARM):
        lists.asker.viewer = viewer
        assert await lists.keys("learnings", order=down) == ["favoured", "taken", "alone"]
    # To anybody else, the private adoption is none.
    lists.asker.viewer = ANALYST
    assert await lists.keys("learnings", order=down) == ["favoured", "alone", "taken"]


async def test_g04_iterations_are_ordered_by_when_they_were_concluded(lists: Lists) -> None:
    latest = {"by": "CONCLUDED", "direction": "DESC"}
    assert await lists.keys("iterations", order=latest) == ["late", "early", "hidden"]
    assert await lists.keys("iterations", order={"by": "CONCLUDED"}) == ["hidden", "early", "late"]


async def test_g04_subjects_are_ordered_by_when_they_were_last_changed(
    lists: Lists, log: EventLog, make_event: MakeEvent
) -> None:
    latest = {"by": "UPDATED", "direction": "DESC"}
    assert await lists.keys("learnings", order=latest) == ["alone", "favoured", "taken"]
    assert await lists.keys("iterations", order={"by": "UPDATED"}) == ["hidden", "late", "early"]
    for about in ("learning/taken", "iteration/hidden"):
        await log.append(
            [make_event("note.added", "2025-05-01", "private", about=about, text="Hush.")]
        )
    assert await lists.keys("learnings", order=latest) == ["alone", "favoured", "taken"]
    assert await lists.keys("iterations", order={"by": "UPDATED"}) == ["hidden", "late", "early"]


async def test_g04_a_subject_says_when_it_was_last_changed(lists: Lists) -> None:
    query = """query($asOf: AsOf!) { learning(key: "alone") { position updatedPosition updatedAt }
      organisation(key: "mill") { position updatedPosition journey(asOf: $asOf) {
        learnings(where: { key: ["alone"] }) { nodes { position updatedPosition updatedAt } } } } }"""
    head = await lists.asker.log.head()
    now = await lists.asker.ask(query, asOf={"position": head})
    learning, mill = now["learning"], now["organisation"]
    assert (learning["updatedPosition"], learning["updatedAt"]) == (head, "2025-03-11T07:00:00Z")
    assert mill["journey"]["learnings"]["nodes"] == [learning]
    assert mill["updatedPosition"] == mill["position"]
    then = await lists.asker.ask(query, asOf={"position": head - 1})
    [stood] = then["organisation"]["journey"]["learnings"]["nodes"]
    assert stood["updatedPosition"] == stood["position"] == learning["position"]


@pytest.mark.parametrize(
    ("field", "by"),
    [("learnings", "ADOPTIONS"), ("iterations", "CONCLUDED"), ("learnings", "UPDATED")],
)
async def test_g04_pages_of_every_order_make_up_the_list(lists: Lists, field: str, by: str) -> None:
    asked = """query($first: Int, $last: Int, $after: String, $before: String) {
      FIELD(first: $first, last: $last, after: $after, before: $before, order: { by: BY }) {
        nodes { key } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    query = asked.replace("FIELD", field).replace("BY", by)
    whole = await lists.keys(field, order={"by": by})
    assert len(whole) == 3
    forwards: list[str] = []
    backwards: list[str] = []
    after = before = None
    for _ in whole:
        page = (await lists.asker.ask(query, first=1, after=after))[field]
        forwards += [node["key"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        page = (await lists.asker.ask(query, last=1, before=before))[field]
        backwards += [node["key"] for node in page["nodes"]]
        before = page["pageInfo"]["startCursor"]
    assert forwards == backwards[::-1] == whole


async def test_g04_what_changed_since_a_page_comes_after_its_cursor(
    lists: Lists, log: EventLog, make_event: MakeEvent
) -> None:
    query = """query($after: String) { iterations(after: $after, order: { by: UPDATED }) {
      nodes { key updatedPosition } pageInfo { endCursor } } }"""
    page = (await lists.asker.ask(query))["iterations"]
    after = page["pageInfo"]["endCursor"]
    assert (await lists.asker.ask(query, after=after))["iterations"]["nodes"] == []
    started = make_event("iteration.started", "2025-06-01", iteration="hidden")
    [receipt] = await log.append([started])
    changed = [{"key": "hidden", "updatedPosition": receipt.position}]
    assert (await lists.asker.ask(query, after=after))["iterations"]["nodes"] == changed
