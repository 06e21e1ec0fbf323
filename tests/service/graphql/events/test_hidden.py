"""Events are given only to viewers who may see them."""

import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from service.graphql.roots import event_log
from tests.projections.stories import MakeEvent, cohort
from tests.service.graphql.client import Asker
from tests.service.graphql.events.pages import MILL, all_events, positions, timeline

FARM = Principal("key-farm", Role.ORGANISATION, organisation="farm")
ANALYST = Principal("key-analyst", Role.ANALYST)


async def test_hidden_items_are_answered_as_unknown(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    mindset = {
        "organisation": "mill",
        "cohort": "valley",
        "framing": "citizen",
        "participation_level": "involve",
    }
    await log.append(
        [
            make_event("mindset.assessed", "2025-02-01", "private", **mindset),
            make_event("mindset.assessed", "2025-02-02", "pair", **mindset),
            make_event("mindset.assessed", "2025-02-03", **mindset),
            # Its cohort is not public: its line would show that it is in it.
            make_event("mindset.assessed", "2025-02-04", "public", **mindset),
            make_event(
                "note.added", "2025-02-05", "public", about="organisation/mill", text="Hello."
            ),
        ]
    )
    seen = {
        RECORD: [2, 4, 6, 7, 8, 9, 10, 11],
        MILL: [2, 4, 6, 7, 8, 9, 10, 11],
        FARM: [2, 4, 6, 8, 9, 10, 11],
        ANALYST: [2, 4, 6, 9, 10, 11],
        Principal("guest", Role.GUEST, frozenset({"valley"}), "mill"): [2, 4, 6, 9, 10, 11],
        PUBLIC: [2, 11],
    }
    for viewer, expected in seen.items():
        asker.viewer = viewer
        page = await timeline(asker, "mill")
        # The entry alone may be shown: that it is in a cohort which is not public is left out of it.
        entries = sorted({*expected, 10})
        assert positions(page) == entries
        assert page["totalCount"] == len(entries)
        given = [node["position"] for node in page["nodes"] if node["event"] is not None]
        assert given == expected
        own = await all_events(asker, first=2, stream="organisation/mill")
        assert [event["position"] for event in own] == expected
        for position in range(7, 12):
            found = await asker.ask(f"{{ event(position: {position}) {{ position }} }}")
            assert (found["event"] is not None) is (position in expected)


async def test_a_hidden_organisation_is_not_there(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    asker.viewer = PUBLIC
    found = await asker.ask(
        '{ mill: organisation(key: "mill") { key } farm: organisation(key: "farm") { key } }'
    )
    assert found == {"mill": {"key": "mill"}, "farm": None}
    assert await all_events(asker, stream="organisation/farm") == []


async def test_narrowing_a_level_holds_as_soon_as_the_read_models_have_it(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    await asker.runner.catch_up()
    change = make_event(
        "visibility.changed", "2025-02-01", of="organisation/mill", visibility="cohort"
    )
    await log.append([change])
    asker.viewer = PUBLIC
    assert (await asker.ask('{ organisation(key: "mill") { key } }'))["organisation"] is None


@pytest.mark.parametrize("scanned", [1, 2, 3])
async def test_a_long_log_of_which_one_sees_little_is_read_in_bounds(
    log: EventLog,
    asker: Asker,
    make_event: MakeEvent,
    monkeypatch: pytest.MonkeyPatch,
    scanned: int,
) -> None:
    await log.append(cohort(make_event))
    monkeypatch.setattr(event_log, "SCAN_EVENTS", 1)
    monkeypatch.setattr(event_log, "SCAN_EVENTS_MAX", scanned)
    asker.viewer = PUBLIC
    assert [event["position"] for event in await all_events(asker)] == [2]
    assert positions(await timeline(asker, "mill", first=1)) == [2]
