"""What the form of a correction says that it cannot change, and what it offers instead."""

import pytest

from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.record.amending.test_corrections import CORRECTION, failure
from tests.service.pages.record.forms import opened, signed_in
from tests.service.pages.record.sent import FAILURE, SAYS, THEN

pytestmark = pytest.mark.asyncio(loop_scope="module")

AGAIN = "Record it again, and take this one back"
NOT_HERE = "This cannot be corrected here:"


async def position(site: Api, type_: str, subject: str) -> int:
    """Return the position of the first event of a type in a stream."""
    lines = await site.lines(query=f"?stream={subject}")
    found = (one["position"] for one in lines if one["type"].endswith(f"{type_}.v1"))
    return int(next(found))


async def test_what_may_be_taken_back_is_recorded_again_for_the_rest(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    at = await failure(
        site, visitor, **THEN, **{"cohort": [COHORT], "event.visibility": ["private"]}
    )
    page = PageReader((await visitor.get(f"{CORRECTION}?event={at}")).text)
    assert page.faults == []
    rest = page.text.partition(NOT_HERE)[2].partition(AGAIN)[0]
    for title in (
        "How did it turn out?",
        "Who was it a failure for?",
        "Cohort",
        "When it happened",
    ):
        assert title in rest
    assert "What happened instead" not in rest
    [address] = [link for link in page.links if "replaces" in link]
    assert address == f"{FAILURE}?replaces={at}&event.visibility=private"
    again = await opened(visitor, address)
    assert again["why"] == SAYS["why"]
    assert again["event.visibility"] == ["private"]


async def test_a_note_helps_where_something_builds_on_it(site: Api) -> None:
    planned = await position(site, "iteration.planned", "iteration/label-wall-2")
    visitor = await signed_in(site, "mill-museum")
    page = PageReader((await visitor.get(f"{CORRECTION}?event={planned}")).text)
    assert NOT_HERE in page.text
    assert AGAIN not in page.text
    assert "A note can say what is wrong with these:" in page.text
    assert "/record/note.added?about=iteration%2Flabel-wall-2" in page.links
    assert page.faults == []


async def test_those_who_may_amend_nothing_are_told_nothing_of_it(site: Api) -> None:
    mill = await signed_in(site, "mill-museum")
    at = await failure(site, mill, **THEN, cohort=[COHORT])
    await caught_up(site.service)
    peer = await signed_in(site, "library-trust")
    page = PageReader((await peer.get(f"{CORRECTION}?event={at}")).text)
    assert NOT_HERE not in page.text
    assert not any("replaces" in link for link in page.links)


async def test_only_what_a_type_does_not_let_be_corrected_is_named(site: Api) -> None:
    registered = await position(site, "organisation.registered", "organisation/mill-museum")
    visitor = await signed_in(site, "facilitator")
    page = PageReader((await visitor.get(f"{CORRECTION}?event={registered}")).text)
    rest = page.text.partition(NOT_HERE)[2]
    assert rest.strip().startswith("When it happened")
