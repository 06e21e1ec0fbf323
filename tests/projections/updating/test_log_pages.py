"""Pages of the log: every event once and in order, in pieces of every size."""

import pytest

from events.log import EventLog
from events.vocabulary.event import Event
from projections.folding.step import Step
from projections.updating.log_pages import LogPages
from tests.projections.stories import published


async def pages_of(log: EventLog, page_events: int, piece_events: int) -> list[list[int]]:
    """Return the positions of the log, page by page."""
    pages = LogPages(log, page_events, piece_events=piece_events)
    found = [[0]]
    while True:
        page = await pages.after(found[-1][-1])
        assert page.events == len(page.steps)
        if not page.steps:
            await pages.close()
            return found[1:]
        found.append([step.position for step in page.steps])


@pytest.mark.parametrize("piece_events", [1, 2, 3, 4, 100])
async def test_a_page_is_full_in_pieces_of_every_size(log: EventLog, piece_events: int) -> None:
    await log.append(published()[:11])
    assert await pages_of(log, 4, piece_events) == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11]]


async def test_a_log_that_fills_its_last_page_has_no_more(log: EventLog) -> None:
    await log.append(published()[:8])
    assert [len(page) for page in await pages_of(log, 4, 3)] == [4, 4]


async def test_a_page_ends_before_what_cannot_be_read(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log.append(published()[:9])
    read = Step.__init__

    def choosy(self: Step, event: Event, about: Step | None = None) -> None:
        if event.position == 6:
            raise ValueError("not this one")
        read(self, event, about)

    monkeypatch.setattr(Step, "__init__", choosy)
    pages = LogPages(log, 8, piece_events=2)
    page = await pages.after(1)
    assert [step.position for step in page.steps] == [2, 3, 4, 5]
    assert page.undigested is not None
    assert page.undigested.position == 6
    await pages.close()
