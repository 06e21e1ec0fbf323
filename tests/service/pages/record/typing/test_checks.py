"""What is wrong with a form so far: the same rules as for what is recorded, and nothing is recorded."""

import pytest

from tests.service.access.signing_in.browser import HERE
from tests.service.app import Api
from tests.service.pages.record.forms import opened, position_in, send, signed_in
from tests.service.pages.record.sent import FAILURE, SAYS, THEN
from tests.service.pages.sign_in.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHECK = f"{FAILURE}/check"


async def test_each_field_has_what_is_wrong_with_it_and_nothing_is_recorded(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = await opened(visitor, FAILURE)
    before = await site.head()
    answer = await send(visitor, CHECK, {**form, "intended": ["A quiet opening."]})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    wrong = answer.json()
    assert wrong["actual"] == ["Please fill this in."]
    assert wrong["degree"] == ["Please choose what applies."]
    assert "intended" not in wrong
    whole = {**form, **SAYS, **THEN}
    rule = {"failure_cause": ["deviance"], "event.visibility": ["public"]}
    found = (await send(visitor, CHECK, {**whole, **rule})).json()
    assert any("deviance" in one for one in found["failure_cause"])
    assert (await send(visitor, CHECK, whole)).json() == {}
    assert await site.head() == before
    # The same form is recorded afterwards, as if nobody had asked.
    position_in(await send(visitor, FAILURE, whole))


async def test_it_is_said_in_the_language_of_the_page(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = await opened(visitor, FAILURE)
    wrong = (await send(visitor, f"{CHECK}?language=de", form)).json()
    assert wrong["actual"][0].startswith("Bitte ")


async def test_a_form_of_another_session_is_not_checked(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = await opened(visitor, FAILURE)
    assert (await send(Visitor(site), CHECK, form)).status_code == 401
    assert (await send(visitor, CHECK, {**form, "token": ["0" * 64]})).status_code == 403
    elsewhere = await visitor.post_from({"sec-fetch-site": "cross-site"}, CHECK, token="")
    assert elsewhere.status_code == 403
    headers = {**site.headers("mill-museum"), "origin": HERE}
    with_key = await site.client.post(f"{HERE}{CHECK}", headers=headers)
    assert with_key.status_code in (401, 403, 415)


@pytest.mark.parametrize("who", ["evaluator", "analyst"])
async def test_who_may_not_record_it_has_no_check(site: Api, who: str) -> None:
    visitor = await signed_in(site, who)
    answer = await visitor.post(CHECK, token=await visitor.token())
    assert answer.status_code == 404


async def test_what_is_hidden_is_as_unknown_as_what_does_not_exist(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = {**await opened(visitor, "/record/help.given"), "text": ["Here."]}
    library = await signed_in(site, "library-trust")
    ask = {**await opened(library, "/record/help.asked"), "text": ["Who?"], **THEN}
    sent = {**ask, "cohort": ["heritage-2024"], "event.visibility": ["private"]}
    [hidden] = await site.service.log.events(
        [position_in(await send(library, "/record/help.asked", sent))]
    )
    keys = [str(hidden.content["data"]["ask"]), "there-is-none"]
    found = [
        (await send(visitor, "/record/help.given/check", {**form, "ask": [key]})).json()
        for key in keys
    ]
    assert found[0] == found[1]
    assert "ask" in found[0]


async def test_a_correction_is_checked_with_the_fields_of_its_event(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = {**await opened(visitor, FAILURE), **SAYS, **THEN}
    position = position_in(await send(visitor, FAILURE, form))
    path = f"/record/event.corrected?event={position}"
    correcting = await opened(visitor, path)
    check = "/record/event.corrected/check"
    good = {**correcting, "fields.why": ["The key was lost."]}
    assert (await send(visitor, check, good)).json() == {}
    bad = {**correcting, "fields.why": ["x" * 10_001]}
    assert "fields.why" in (await send(visitor, check, bad)).json()
