"""What is asked before more people see something that was corrected, and recording it again instead."""

from typing import Any

import pytest

from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.record.amending.test_corrections import (
    CORRECTION,
    VOID,
    data_of,
    failure,
)
from tests.service.pages.record.forms import FormReader, opened, position_in, send, signed_in
from tests.service.pages.record.sent import FAILURE, SAYS, THEN
from tests.service.pages.sign_in.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

WIDENING = "/record/visibility.changed"
ASKS = "Not recorded yet: this was corrected"
RIGHT = "The south gate was locked."


async def corrected(site: Api, visitor: Visitor) -> tuple[int, str]:
    """Record a private failure and correct it; return its position and stream."""
    private = {"event.visibility": ["private"], "cohort": [COHORT], "themes": ["gates"]}
    position = await failure(site, visitor, **private, **THEN)
    form = await opened(visitor, f"{CORRECTION}?event={position}")
    position_in(await send(visitor, CORRECTION, {**form, "fields.why": [RIGHT]}))
    await caught_up(site.service)
    return position, f"failure/{(await data_of(site, position))['failure']}"


async def widening(visitor: Visitor, of: str, level: str) -> dict[str, list[str]]:
    """Return the form that changes who sees something."""
    return {**await opened(visitor, WIDENING), "of": [of], "visibility": [level]}


@pytest.mark.parametrize("who", ["mill-museum", "facilitator"])
async def test_who_widens_what_was_corrected_is_asked_first(site: Api, who: str) -> None:
    mill, visitor = [await signed_in(site, one) for one in ("mill-museum", who)]
    position, of = await corrected(site, mill)
    before = await site.head()
    answer = await send(visitor, WIDENING, await widening(visitor, of, "public"))
    page = PageReader(answer.text)
    assert answer.status_code == 422
    assert ASKS in page.text
    assert RIGHT in page.text
    assert f"{VOID}?event={position}" in page.links
    [again] = [link for link in page.links if "replaces=" in link]
    assert again == f"{FAILURE}?replaces={position}&event.visibility=public"
    assert await site.head() == before


async def test_who_was_asked_goes_on_knowingly(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    _, of = await corrected(site, visitor)
    asked = await send(visitor, WIDENING, await widening(visitor, of, "public"))
    knowingly = {**FormReader(asked.text).values, "event.action": ["knowingly"]}
    answer = await send(visitor, WIDENING, knowingly)
    assert await data_of(site, position_in(answer)) == {"of": of, "visibility": "public"}
    assert "advice=correction.shown" in answer.headers["location"]


async def test_who_was_asked_about_one_thing_is_asked_again_about_another(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    (_, first), (_, second) = [await corrected(site, visitor) for _ in range(2)]
    asked = await send(visitor, WIDENING, await widening(visitor, first, "cohort"))
    knowingly = {**FormReader(asked.text).values, "event.action": ["knowingly"]}
    for other in ({"of": [second]}, {"visibility": ["public"]}):
        answer = await send(visitor, WIDENING, {**knowingly, **other})
        assert answer.status_code == 422
        assert ASKS in answer.text
    unasked = {**await widening(visitor, first, "cohort"), "event.action": ["knowingly"]}
    assert ASKS in (await send(visitor, WIDENING, unasked)).text


async def test_nobody_is_asked_where_nothing_was_corrected_or_fewer_see_it(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    private = {"event.visibility": ["private"], "cohort": [COHORT]}
    plain = await data_of(site, await failure(site, visitor, **private, **THEN))
    form = await widening(visitor, f"failure/{plain['failure']}", "public")
    position_in(await send(visitor, WIDENING, form))
    _, of = await corrected(site, visitor)
    position_in(await send(visitor, WIDENING, await widening(visitor, of, "private")))


async def test_what_something_builds_on_is_not_offered_to_be_taken_back(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    position, of = await corrected(site, visitor)
    path = "/record/failure.reclassified"
    form = await opened(visitor, f"{path}?failure={of.partition('/')[2]}")
    sent = {**form, "degree": ["tolerable_failure"], "reason": ["Only a gate."], **THEN}
    position_in(await send(visitor, path, sent))
    await caught_up(site.service)
    asked = await send(visitor, WIDENING, await widening(visitor, of, "public"))
    page = PageReader(asked.text)
    assert f"{VOID}?event={position}" not in page.links
    assert "The corrected one cannot be undone" in page.text


async def test_a_note_that_was_corrected_is_asked_about_too(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    form = await opened(visitor, "/record/note.added")
    sent = {**form, "about": ["failure/mill-coats-on"], "text": ["Wrogn."]}
    sent["event.visibility"] = ["private"]
    position = position_in(await send(visitor, "/record/note.added", sent))
    await caught_up(site.service)
    correction = await opened(visitor, f"{CORRECTION}?event={position}")
    position_in(await send(visitor, CORRECTION, {**correction, "fields.text": ["Wrong."]}))
    await caught_up(site.service)
    form = await widening(visitor, f"event/{position}", "public")
    answer = await send(visitor, WIDENING, form)
    page = PageReader(answer.text)
    assert ASKS in page.text
    assert f"{VOID}?event={position}" in page.links


async def test_what_is_recorded_again_has_todays_words_and_the_first_time(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    position, _ = await corrected(site, visitor)
    form = await opened(visitor, f"{FAILURE}?replaces={position}&event.visibility=public")
    assert form["why"] == [RIGHT]
    assert form["intended"] == SAYS["intended"]
    assert form["degree"] == SAYS["degree"]
    assert sorted(form["for_whom"]) == sorted(SAYS["for_whom"])
    assert form["themes"] == ["gates"]
    assert form["event.visibility"] == ["public"]
    assert form["event.time"] == THEN["event.time"]
    again = await data_of(site, position_in(await send(visitor, FAILURE, form)))
    first = await data_of(site, position)
    for_whom = {"for_whom": sorted(first["for_whom"])}
    assert {**again, "failure": ""} == {**first, **for_whom, "failure": "", "why": RIGHT}
    assert again["failure"] != first["failure"]
    # First again, then the corrected one is voided; the other way round it works, too.
    void = {**await opened(visitor, f"{VOID}?event={position}"), "reason": ["Recorded again."]}
    position_in(await send(visitor, VOID, void))
    await caught_up(site.service)
    assert (await opened(visitor, f"{FAILURE}?replaces={position}"))["why"] == [RIGHT]


@pytest.mark.parametrize("who", ["library-trust", "canal-society"])
async def test_nobody_records_again_what_another_recorded(site: Api, who: str) -> None:
    visitor = await signed_in(site, who)
    lines: list[Any] = await site.lines()
    [one] = [
        line["position"]
        for line in lines
        if line["type"].endswith("failure.recorded.v1")
        and line["data"]["failure"] == "mill-coats-on"
    ]
    for position in (one, 10**9, "abc"):
        form = await opened(visitor, f"{FAILURE}?replaces={position}&event.visibility=public")
        assert form["why"] == [""]
        assert form["event.visibility"] != ["public"]


async def test_a_form_of_another_type_and_a_level_that_is_none_are_left_alone(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    position, _ = await corrected(site, visitor)
    form = await opened(visitor, f"/record/learning.captured?replaces={position}")
    assert form["statement"] == [""]
    form = await opened(visitor, f"{FAILURE}?replaces={position}&event.visibility=everybody")
    assert form["event.visibility"] == ["cohort"]
