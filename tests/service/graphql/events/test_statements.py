"""The statements of a query: as many for any number of entries, and the same for viewers to whom less is shown."""

import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from tests.projections.stories import MakeEvent, cohort
from tests.service.graphql.client import Asker
from tests.service.graphql.events.pages import EVENTS, FIELDS, MILL, timeline
from tests.service.statements import counting


@pytest.mark.parametrize("viewer", [RECORD, MILL], ids=["facilitator", "organisation"])
async def test_the_number_of_statements_does_not_depend_on_the_number_of_entries(
    log: EventLog, asker: Asker, make_event: MakeEvent, viewer: Principal
) -> None:
    await log.append(cohort(make_event))
    asker.viewer = viewer
    await asker.runner.catch_up()
    asker.catches_up = False
    # What a viewer holds is asked once.
    await timeline(asker, "mill")
    with counting(asker) as few:
        await timeline(asker, "mill")
        await asker.ask(EVENTS + FIELDS, first=100)
    notes = [
        make_event("note.added", "2025-02-01", about="organisation/mill", text=str(n))
        for n in range(50)
    ]
    await log.append(notes)
    await asker.runner.catch_up()
    with counting(asker) as many:
        assert len((await timeline(asker, "mill"))["nodes"]) == 53
        await asker.ask(EVENTS + FIELDS, first=100)
    assert len(many) == len(few)


async def test_statements_have_the_same_text_for_every_viewer_from_whom_something_may_be_hidden(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(
        [
            *cohort(make_event),
            make_event("note.added", "2025-02-01", about="cohort/valley", text="Hm."),
        ]
    )
    query = """{
      organisation(key: "mill") { name timeline(first: 5) { totalCount nodes { ... on TimelineEntry { position } } } }
      cohorts(first: 5) { nodes { title notes(first: 2) { nodes { text } } organisations(first: 3) { totalCount } } }
      search(text: "water", first: 5) { totalCount nodes { fragments { text } } } }"""
    # All have something to be shown, so that each place of the query is come to.
    await log.append(
        [
            make_event("visibility.changed", "2025-02-01", of=of, visibility="public")
            for of in ("cohort/valley", "question/shared")
        ]
    )
    texts = {}
    for viewer in (
        MILL,
        Principal("new", Role.ORGANISATION, organisation="new"),
        Principal("guest", Role.GUEST, frozenset({"valley"}), "mill"),
        Principal("some", Role.FACILITATOR, cohorts=frozenset({"valley"})),
        Principal("evaluator", Role.EVALUATOR, cohorts=frozenset({"valley"})),
        Principal("analyst", Role.ANALYST),
        Principal("admin", Role.ADMIN),
        PUBLIC,
    ):
        asker.viewer = viewer
        await asker.ask(query)
        asker.catches_up = False
        with counting(asker) as sent:
            await asker.ask(query)
        texts[viewer.role, viewer.organisation] = sorted(sent)
    [first, *others] = texts.values()
    # Search is asked beside what is compiled.
    assert len(first) == 2
    assert all(other == first for other in others)
