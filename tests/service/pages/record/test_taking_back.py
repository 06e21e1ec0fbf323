"""What was just recorded through a form is voided or corrected by the person who recorded it."""

import pytest

from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.record.forms import FormReader, opened, position_in, send, signed_in
from tests.service.pages.record.sent import FAILURE, SAYS, content

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_was_just_recorded_can_be_taken_back_once(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = {**await opened(visitor, FAILURE), **SAYS}
    position = position_in(await send(visitor, FAILURE, form))
    path = f"/record/done/{position}"
    undo = FormReader((await visitor.get(path)).text).values
    answer = await send(visitor, path, undo)
    assert answer.status_code == 303
    page = (await visitor.get(answer.headers["location"])).text
    assert "Undone" in page
    head = await site.head()
    assert (await send(visitor, path, undo)).status_code == 303
    assert await site.head() == head
    assert (await content(site, head))["data"] == {
        "event": position,
        "reason": "Undone right after it was recorded.",
    }


async def test_what_something_builds_on_is_not_taken_back(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    position = position_in(await send(visitor, FAILURE, {**await opened(visitor, FAILURE), **SAYS}))
    data = (await content(site, position))["data"]
    assert isinstance(data, dict)
    await caught_up(site.service)
    path = "/record/failure.reclassified"
    form = await opened(visitor, f"{path}?failure={data['failure']}")
    sent = {**form, "degree": ["tolerable_failure"], "reason": ["It was only a gate."]}
    position_in(await send(visitor, path, sent))
    undo = FormReader((await visitor.get(f"/record/done/{position}")).text).values
    answer = await send(visitor, f"/record/done/{position}", undo)
    assert answer.status_code == 422
    assert "Something else builds on it by now" in answer.text


async def test_nobody_takes_back_or_is_shown_what_another_recorded(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    position = position_in(await send(visitor, FAILURE, {**await opened(visitor, FAILURE), **SAYS}))
    path = f"/record/done/{position}"
    undo = FormReader((await visitor.get(path)).text).values
    for who in ("facilitator", "library-trust"):
        other = await signed_in(site, who)
        assert (await other.get(path)).status_code == 404
        sent = {**undo, "token": [await other.token()]}
        assert (await send(other, path, sent)).status_code == 404
    for none in ("0", "-1", "99999999", "x", "9" * 40):
        assert (await visitor.get(f"/record/done/{none}")).status_code == 404
    # Recorded over HTTP, not on a page.
    assert (await visitor.get("/record/done/1")).status_code == 404


async def test_a_correction_shows_what_may_be_corrected_and_changes_only_that(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    failure = position_in(await send(visitor, FAILURE, {**await opened(visitor, FAILURE), **SAYS}))
    await caught_up(site.service)
    path = "/record/event.corrected"
    form = await opened(visitor, f"{path}?event={failure}")
    assert form["fields.why"] == SAYS["why"]
    assert "fields.degree" not in form
    sent = {**form, "fields.why": ["The other gate was locked."]}
    position = position_in(await send(visitor, path, sent))
    assert (await content(site, position))["data"] == {
        "event": failure,
        "fields": {"why": "The other gate was locked."},
    }
    unchanged = await opened(visitor, f"{path}?event={failure}")
    await caught_up(site.service)
    unchanged = await opened(visitor, f"{path}?event={failure}")
    assert unchanged["fields.why"] == ["The other gate was locked."]
    assert (await send(visitor, path, unchanged)).status_code == 422
