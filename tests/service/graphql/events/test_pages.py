"""Pages of events and of timelines."""

import pytest

from events.access.principal import RECORD, Principal
from events.log import EventLog
from tests.projections.stories import MakeEvent, cohort
from tests.service.graphql.client import Asker
from tests.service.graphql.events.pages import EVENTS, FIELDS, MILL, TIMELINE, all_events, positions


@pytest.mark.parametrize("first", [1, 2, 3, 4])
@pytest.mark.parametrize("viewer", [RECORD, MILL], ids=["facilitator", "organisation"])
async def test_pages_of_a_timeline_give_every_entry_once(
    log: EventLog, asker: Asker, make_event: MakeEvent, first: int, viewer: Principal
) -> None:
    await log.append(cohort(make_event))
    asker.viewer = viewer
    found: list[int] = []
    after = None
    while True:
        data = await asker.ask(TIMELINE + FIELDS, key="mill", first=first, after=after)
        page = data["organisation"]["timeline"]
        info = page["pageInfo"]
        found += positions(page)
        assert page["totalCount"] == 3
        assert info["hasPreviousPage"] is (after is not None)
        assert info["startCursor"] == page["edges"][0]["cursor"]
        assert info["endCursor"] == page["edges"][-1]["cursor"]
        after = info["endCursor"]
        if not info["hasNextPage"]:
            break
    assert found == [2, 4, 6]


async def test_the_log_can_be_narrowed_to_a_stream_and_a_type(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    joined = "org.howcanwe.organisation.joined.v1"
    assert [e["position"] for e in await all_events(asker, stream="cohort/valley")] == [1, 4, 5, 6]
    for name in (joined, "organisation.joined"):
        assert [e["position"] for e in await all_events(asker, first=1, type=name)] == [4, 5]
    farm = "organisation/farm"
    assert [e["position"] for e in await all_events(asker, stream=farm, type=joined)] == [5]
    assert await all_events(asker, stream="organisation/nobody") == []


async def test_the_end_of_a_list_has_no_cursors(asker: Asker) -> None:
    page = (await asker.ask(EVENTS + FIELDS, first=1))["events"]
    assert page["nodes"] == []
    assert page["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }
