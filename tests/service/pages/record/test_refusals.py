"""Forms that are refused: by faults, by rules, and for people who may not record."""

import pytest

from events.access.principal import Role
from tests.service.access.signing_in.browser import HERE
from tests.service.app import Api
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import FormReader, opened, position_in, send, signed_in
from tests.service.pages.record.sent import FAILURE, NOTE, SAYS, note
from tests.service.pages.sign_in.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_all_faults_stand_beside_their_fields_and_nothing_typed_is_lost(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = await opened(visitor, FAILURE)
    typed = {
        **form,
        "intended": ["  Line one\r\nLine two <b>bold</b>"],
        "why": ["x" * 10_001],
        "degree": ["a great one"],
        "for_whom": ["staff"],
        "iteration": ["there-is-none"],
        "links": ["javascript:alert(1)\r\nhttps://example.org"],
        "event.time": ["2026-13-77T99:99"],
        "event.visibility": ["everybody"],
    }
    answer = await send(visitor, FAILURE, typed)
    assert answer.status_code == 422
    assert answer.headers["cache-control"] == "no-store"
    page = PageReader(answer.text)
    for name in ("actual", "why", "degree", "links", "event.time", "event.visibility"):
        assert f"#f-{name}" in page.links, name
        assert f"f-{name}-wrong" in page.ids
        assert f"f-{name}" in page.ids
    kept = FormReader(answer.text).values
    assert kept["intended"] == ["Line one\nLine two <b>bold</b>"]
    assert kept["links"] == ["javascript:alert(1)\nhttps://example.org"]
    assert kept["for_whom"] == ["staff"]
    assert kept["event.time"] == typed["event.time"]
    assert kept["event.id"] == form["event.id"]
    assert kept["iteration"] == ["there-is-none"]
    assert "<b>bold" not in answer.text
    assert "javascript:" not in " ".join(page.links)
    # More than one page of faults: each is recorded once all are corrected.
    again = {**kept, **SAYS, "links": [""], "iteration": [""], **_untouched(form)}
    assert position_in(await send(visitor, FAILURE, again))


def _untouched(form: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: form[name] for name in ("event.time", "event.visibility")}


async def test_a_rule_is_said_beside_the_field_that_breaks_it(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = await opened(visitor, "/record/question.framed")
    whole = {"opening.text": [""], "text": ["Why is nobody here?"]}
    answer = await send(visitor, "/record/question.framed", {**form, **whole})
    page = PageReader(answer.text)
    assert answer.status_code == 422
    assert "#f-text" in page.links
    assert "A question begins with “How can we”" in page.text
    form = await opened(visitor, FAILURE)
    sent = {**form, **SAYS, "failure_cause": ["deviance"], "event.visibility": ["public"]}
    page = PageReader((await send(visitor, FAILURE, sent)).text)
    assert "#f-failure_cause" in page.links


async def test_an_organisation_cannot_name_what_is_anothers(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    before = await site.head()
    form = {**await opened(visitor, FAILURE), **SAYS}
    others = await send(visitor, FAILURE, {**form, "organisation": ["library-trust"]})
    assert others.status_code == 422
    assert "not for this organisation" in others.text
    mismatched = await send(visitor, FAILURE, {**form, "question": ["library-cards"]})
    page = PageReader(mismatched.text)
    assert "#f-question" in page.links
    hidden = await send(visitor, FAILURE, {**form, "iteration": ["no-such-iteration"]})
    assert "it does not exist, or you are not allowed to see it" in hidden.text
    assert await site.head() == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://example.org"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "same-origin", "origin": "https://example.org"},
    ],
)
async def test_a_form_from_elsewhere_records_nothing(site: Api, headers: dict[str, str]) -> None:
    visitor = await signed_in(site, "facilitator")
    form = await note(visitor)
    before = await site.head()
    assert (await send(visitor, NOTE, form, headers)).status_code == 403
    position = position_in(await send(visitor, NOTE, form))
    undo = {"token": form["token"], "event.opened": form["event.opened"]}
    done = f"/record/done/{position}"
    assert (await send(visitor, done, undo, headers)).status_code == 403
    assert await site.head() == before + 1


async def test_a_form_without_the_sessions_token_records_nothing_and_keeps_what_was_typed(
    site: Api,
) -> None:
    visitor = await signed_in(site, "facilitator")
    other = await signed_in(site, "facilitator")
    form = await note(visitor)
    before = await site.head()
    for token in ("", "0" * 64, (await opened(other, NOTE))["token"][0]):
        answer = await send(visitor, NOTE, {**form, "token": [token]})
        assert answer.status_code == 403
        kept = FormReader(answer.text).values
        assert kept["text"] == form["text"]
        assert kept["token"] == form["token"]
    assert await site.head() == before


async def test_neither_a_key_alone_nor_nobody_records_through_a_form(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    form = await note(visitor)
    before = await site.head()
    nobody = Visitor(site)
    answer = await send(nobody, NOTE, form)
    assert answer.status_code == 401
    assert FormReader(answer.text).values["text"] == form["text"]
    bearer = {"sec-fetch-site": "same-origin", **site.headers("facilitator")}
    assert (await send(nobody, NOTE, form, bearer)).status_code == 401
    # The key is that of the request, so the cookie beside it does not count.
    assert (await send(visitor, NOTE, form, bearer)).status_code == 401
    assert await site.head() == before


async def test_who_may_not_write_writes_nothing_through_a_form(site: Api) -> None:
    form = await note(await signed_in(site, "facilitator"))
    before = await site.head()
    for who in ("evaluator", "analyst"):
        visitor = await signed_in(site, who)
        [token] = [await visitor.token()]
        assert (await send(visitor, NOTE, {**form, "token": [token]})).status_code == 404
    mill = await signed_in(site, "mill-museum")
    token = await mill.token()
    frame = {**form, "token": [token], "cohort": [COHORT], "summary": [""]}
    assert (await send(mill, "/record/cohort.closed", frame)).status_code == 404
    assert await site.head() == before


async def test_a_form_kept_open_over_the_end_of_its_key_records_nothing(site: Api) -> None:
    key = await site.key(Role.ORGANISATION, organisation="library-trust")
    visitor = Visitor(site, HERE)
    await visitor.post("/sign-in", key=key)
    form = await opened(visitor, "/record/help.asked")
    form["text"] = ["Has anybody a ladder?"]
    before = await site.head()
    await site.service.keys.revoke(key.split("_")[1], granted_by="test")
    answer = await send(visitor, "/record/help.asked", form)
    assert answer.status_code == 401
    assert FormReader(answer.text).values["text"] == form["text"]
    assert "Nothing" in answer.text or "nothing was recorded" in answer.text
    assert await site.head() == before
    # Signed in again in another tab, the same form can be sent.
    await visitor.post("/sign-in", key=site.keys["library-trust"])
    shown = await send(visitor, "/record/help.asked", form)
    assert shown.status_code == 403
    position_in(await send(visitor, "/record/help.asked", FormReader(shown.text).values))
