"""Corrections through forms: odd positions, what others corrected meanwhile, and the same form sent twice."""

from typing import Any

import pytest

from service.pages.record.amending.corrections import BEFORE
from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import FormReader, opened, position_in, send, signed_in
from tests.service.pages.record.sent import FAILURE, SAYS, THEN
from tests.service.pages.sign_in.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

CORRECTION = "/record/event.corrected"
VOID = "/record/event.voided"
MEANWHILE = "Somebody else corrected this while you wrote."


async def failure(site: Api, visitor: Visitor, **more: list[str]) -> int:
    """Record a failure; return its position."""
    form = {**await opened(visitor, FAILURE), **SAYS, **more}
    position = position_in(await send(visitor, FAILURE, form))
    await caught_up(site.service)
    return position


async def data_of(site: Api, position: int) -> Any:
    event = await site.service.log.event(position)
    assert event is not None
    return event.content["data"]


async def fields_of(site: Api, position: int) -> Any:
    return (await data_of(site, position))["fields"]


@pytest.mark.parametrize("path", [CORRECTION, VOID])
@pytest.mark.parametrize("text", ["abc", "-1", "0", "1.5", "9" * 20, "²", "<b>", "1 2"])
async def test_what_is_no_position_is_said_beside_the_field(
    site: Api, path: str, text: str
) -> None:
    visitor = await signed_in(site, "mill-museum")
    answer = await visitor.get(f"{path}?event={text}")
    page = PageReader(answer.text)
    assert answer.status_code == 400
    assert "This is no position" in page.text
    assert "#f-event" in page.links
    assert FormReader(answer.text).values["event"] == [text]
    assert "<b>" not in answer.text


@pytest.mark.parametrize("path", [CORRECTION, VOID])
async def test_a_hidden_event_is_as_unknown_as_one_that_does_not_exist(
    site: Api, path: str
) -> None:
    mill = await signed_in(site, "mill-museum")
    hidden = await failure(site, mill, **{"event.visibility": ["private"]})
    peer = await signed_in(site, "library-trust")
    unknown = await site.head() + 1_000
    texts = []
    for position in (hidden, unknown):
        answer = await peer.get(f"{path}?event={position}")
        assert answer.status_code == 404
        assert "it does not exist, or you are not allowed to see it" in answer.text
        assert SAYS["why"][0] not in answer.text
        page = PageReader(answer.text.replace(str(position), "N"))
        texts.append(page.text)
    assert texts[0] == texts[1]
    assert (await mill.get(f"{path}?event={hidden}")).status_code == 200


async def test_it_is_said_that_nothing_of_an_event_can_be_corrected(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    lines = await site.lines()
    [position, *_] = [
        one["position"] for one in lines if one["type"].endswith("iteration.started.v1")
    ]
    answer = await visitor.get(f"{CORRECTION}?event={position}")
    assert answer.status_code == 422
    assert "Nothing in this can be corrected." in answer.text
    [void, *_] = [one for one in lines if one["type"].endswith("event.voided.v1")]
    answer = await visitor.get(f"{CORRECTION}?event={void['position']}")
    assert "Nothing in this can be corrected." in answer.text
    answer = await visitor.get(f"{CORRECTION}?event={void['data']['event']}")
    assert answer.status_code == 422
    assert "This was undone" in answer.text
    answer = await visitor.get(f"{VOID}?event={void['data']['event']}")
    assert "This was undone" in answer.text


@pytest.mark.parametrize("who", ["library-trust", "canal-society"])
async def test_what_others_recorded_is_not_offered_to_be_corrected(site: Api, who: str) -> None:
    mill = await signed_in(site, "mill-museum")
    position = await failure(site, mill, **THEN, cohort=[COHORT])
    peer = await signed_in(site, who)
    answer = await peer.get(f"{CORRECTION}?event={position}")
    assert answer.status_code == 422
    assert "Your key does not allow you to record this" in answer.text
    assert "fields.why" not in FormReader(answer.text).values
    answer = await peer.get(f"{VOID}?event={position}")
    assert answer.status_code == 422
    assert "This cannot be undone" in answer.text


@pytest.mark.parametrize("who", ["evaluator", "analyst", "admin"])
async def test_those_who_only_read_have_no_forms_to_mend(site: Api, who: str) -> None:
    visitor = await signed_in(site, who)
    for path in (CORRECTION, VOID):
        assert (await visitor.get(f"{path}?event=1")).status_code == 404


async def test_what_is_frozen_is_not_offered(site: Api) -> None:
    [planned, *_] = [
        one
        for one in await site.lines()
        if one["type"].endswith("iteration.planned.v1")
        and one["data"]["iteration"] == "label-wall-2"
    ]
    visitor = await signed_in(site, "mill-museum")
    form = await opened(visitor, f"{CORRECTION}?event={planned['position']}")
    assert "fields.title" in form
    assert "fields.hypothesis" not in form


async def test_the_same_correction_sent_twice_is_one_event(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    position = await failure(site, visitor)
    form = await opened(visitor, f"{CORRECTION}?event={position}")
    sent = {**form, "fields.why": ["The other gate."], "reason": ["Mistyped."]}
    first = position_in(await send(visitor, CORRECTION, sent))
    await caught_up(site.service)
    assert position_in(await send(visitor, CORRECTION, sent)) == first


async def test_what_another_corrected_meanwhile_is_shown_and_asked_about(site: Api) -> None:
    mill, facilitator = [await signed_in(site, who) for who in ("mill-museum", "facilitator")]
    position = await failure(site, mill)
    path = f"{CORRECTION}?event={position}"
    slow, quick = await opened(mill, path), await opened(facilitator, path)
    theirs, ours = "The north gate was locked.", "The south gate <i>was</i> locked."
    position_in(await send(facilitator, CORRECTION, {**quick, "fields.why": [theirs]}))
    # The read models need not have it yet: the form waits for them.
    answer = await send(mill, CORRECTION, {**slow, "fields.why": [ours]})
    page = PageReader(answer.text)
    assert answer.status_code == 422
    assert MEANWHILE in page.text
    assert f"What stands there now: {theirs}" in page.text
    assert "#f-fields.why" in page.links
    again = FormReader(answer.text).values
    assert again["fields.why"] == [ours]
    assert "<i>" not in answer.text
    recorded = position_in(await send(mill, CORRECTION, again))
    assert await fields_of(site, recorded) == {"why": ours}


async def test_another_field_that_was_corrected_meanwhile_stays_as_it_is(site: Api) -> None:
    mill, facilitator = [await signed_in(site, who) for who in ("mill-museum", "facilitator")]
    position = await failure(site, mill)
    path = f"{CORRECTION}?event={position}"
    slow, quick = await opened(mill, path), await opened(facilitator, path)
    position_in(await send(facilitator, CORRECTION, {**quick, "fields.intended": ["A fete."]}))
    recorded = position_in(await send(mill, CORRECTION, {**slow, "fields.why": ["The gate."]}))
    assert await fields_of(site, recorded) == {"why": "The gate."}
    await caught_up(site.service)
    form = await opened(mill, path)
    assert (form["fields.intended"], form["fields.why"]) == (["A fete."], ["The gate."])


async def test_after_the_question_what_nobody_typed_is_as_it_stands_now(site: Api) -> None:
    mill, facilitator = [await signed_in(site, who) for who in ("mill-museum", "facilitator")]
    position = await failure(site, mill)
    path = f"{CORRECTION}?event={position}"
    slow, quick = await opened(mill, path), await opened(facilitator, path)
    both = {**quick, "fields.why": ["Rain."], "fields.intended": ["A fete."]}
    position_in(await send(facilitator, CORRECTION, both))
    answer = await send(mill, CORRECTION, {**slow, "fields.why": ["Snow."]})
    again = FormReader(answer.text).values
    assert (again["fields.why"], again["fields.intended"]) == (["Snow."], ["A fete."])
    recorded = position_in(await send(mill, CORRECTION, again))
    assert await fields_of(site, recorded) == {"why": "Snow."}


async def test_two_who_make_the_same_correction_do_not_disturb_each_other(site: Api) -> None:
    mill, facilitator = [await signed_in(site, who) for who in ("mill-museum", "facilitator")]
    position = await failure(site, mill)
    path = f"{CORRECTION}?event={position}"
    forms = [(mill, await opened(mill, path)), (facilitator, await opened(facilitator, path))]
    (one, first), (other, second) = forms
    position_in(await send(one, CORRECTION, {**first, "fields.why": ["The gate."]}))
    answer = await send(other, CORRECTION, {**second, "fields.why": ["The gate."]})
    assert answer.status_code == 422
    assert MEANWHILE not in answer.text
    assert "No field gets another value" in answer.text


@pytest.mark.parametrize(
    "before",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        '{"degree": 1}',
        "[" * 5_000,
        '{"why": {"a": [1]}}',
        '{"themes": 5}',
    ],
)
async def test_a_form_that_does_not_say_what_stood_there_is_compared_with_today(
    site: Api, before: str
) -> None:
    visitor = await signed_in(site, "mill-museum")
    position = await failure(site, visitor)
    form = await opened(visitor, f"{CORRECTION}?event={position}")
    sent = {**form, BEFORE: [before], "fields.why": ["The gate."]}
    answer = await send(visitor, CORRECTION, sent)
    if answer.status_code == 422:
        answer = await send(visitor, CORRECTION, FormReader(answer.text).values)
    assert await fields_of(site, position_in(answer)) == {"why": "The gate."}


async def test_what_is_taken_back_is_shown_first(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    position = await failure(site, visitor)
    answer = await visitor.get(f"{VOID}?event={position}")
    page = PageReader(answer.text)
    assert answer.status_code == 200
    assert SAYS["why"][0] in page.text
    form = {**FormReader(answer.text).values, "reason": ["It was a dream."]}
    recorded = position_in(await send(visitor, VOID, form))
    assert await data_of(site, recorded) == {"event": position, "reason": "It was a dream."}


async def test_a_guest_takes_back_only_what_the_guest_recorded(site: Api) -> None:
    site.keys["guest"] = await site.guest("mill-museum", COHORT)
    guest, mill = [await signed_in(site, who) for who in ("guest", "mill-museum")]
    assert (await guest.get(f"{CORRECTION}?event=1")).status_code == 404
    of_others = await failure(site, mill, **THEN, cohort=[COHORT])
    own = await failure(site, guest, **THEN, cohort=[COHORT])
    assert (await guest.get(f"{VOID}?event={of_others}")).status_code == 422
    form = {**await opened(guest, f"{VOID}?event={own}"), "reason": ["A slip."]}
    assert await data_of(site, position_in(await send(guest, VOID, form)))
