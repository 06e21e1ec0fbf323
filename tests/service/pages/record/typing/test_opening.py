"""The opening of a question is chosen, not typed: what is recorded, and what is shown, is the whole text."""

import pytest

from service.pages.record.typing.opening import offered, shown, usual
from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.record.forms import FormReader, opened, position_in, send, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

FRAME = "/record/question.framed"
THEN = {"event.time": ["2024-05-01T10:00"]}
GERMAN = "de:Wie können wir"


@pytest.mark.parametrize(
    ("opening", "typed", "text", "language"),
    [
        ("en:How can we", "repair the bell?", "How can we repair the bell?", "en"),
        ("en:How can we", "How can we repair it?", "How can we repair it?", "en"),
        ("en:How can we", "“how  can we” repair it?", "“how  can we” repair it?", None),
        (GERMAN, "die Glocke flicken?", "Wie können wir die Glocke flicken?", "de"),
        (GERMAN, "How can we repair it twice?", "How can we repair it twice?", None),
        ("", "How can we repair it thrice?", "How can we repair it thrice?", None),
    ],
    ids=["rest", "whole", "in quotes", "German", "another language", "none"],
)
async def test_the_recorded_text_is_whole_and_the_opening_is_in_it_once(
    site: Api, opening: str, typed: str, text: str, language: str | None
) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = await opened(visitor, f"{FRAME}?cohort=heritage-2024")
    assert form["opening.text"] == ["en:How can we"]
    sent = {**form, **THEN, "opening.text": [opening], "text": [typed]}
    position = position_in(await send(visitor, FRAME, sent))
    [recorded] = await site.service.log.events([position])
    data = recorded.content["data"]
    assert data["text"] == text
    assert data.get("language") == language


async def test_a_language_that_is_given_is_not_that_of_the_opening(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = await opened(visitor, f"{FRAME}?cohort=heritage-2024&language=de")
    assert form["opening.text"] == [GERMAN]
    sent = {**form, **THEN, "text": ["es tun?"], "language": ["de-AT"]}
    position = position_in(await send(visitor, FRAME, sent))
    [recorded] = await site.service.log.events([position])
    assert recorded.content["data"]["language"] == "de-AT"


async def test_a_refused_form_shows_the_opening_and_the_rest_again(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = await opened(visitor, FRAME)
    for typed in ("repair it", "How can we repair it"):
        sent = {**form, "opening.text": ["en:How can we"], "text": [typed]}
        refused = await send(visitor, FRAME, sent)
        assert refused.status_code == 422
        values = FormReader(refused.text).values
        assert values["opening.text"] == ["en:How can we"]
        assert values["text"] == ["repair it"]
    empty = await send(visitor, FRAME, {**form, "text": [""]})
    assert "Please fill this in." in empty.text


async def test_a_correction_shows_the_opening_apart_and_changes_only_the_rest(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = await opened(visitor, f"{FRAME}?cohort=heritage-2024")
    sent = {**form, **THEN, "text": ["mind the bel?"]}
    position = position_in(await send(visitor, FRAME, sent))
    await caught_up(site.service)
    path = f"/record/event.corrected?event={position}"
    correcting = await opened(visitor, path)
    assert correcting["opening.fields.text"] == ["en:How can we"]
    assert correcting["fields.text"] == ["mind the bel?"]
    unchanged = await send(visitor, path, correcting)
    assert unchanged.status_code == 422
    done = await send(visitor, path, {**correcting, "fields.text": ["mind the bell?"]})
    [recorded] = await site.service.log.events([position_in(done)])
    assert recorded.content["data"]["fields"] == {"text": "How can we mind the bell?"}


async def test_the_usual_opening_is_that_of_the_first_language_that_has_one() -> None:
    assert usual(["de-CH", "en"]) == GERMAN
    assert usual([None, "", "zh", "fr"]) == "fr:Comment pouvons-nous"
    assert usual(["zh"]) == "en:How can we"


async def test_an_opening_that_two_languages_share_stays_the_chosen_one() -> None:
    text = "Hvordan kan vi lege?"
    assert shown(text, "nb:Hvordan kan vi") == ("nb:Hvordan kan vi", "lege?")
    assert shown(text, None) == ("da:Hvordan kan vi", "lege?")
    assert shown("how can we play?", None) == ("", "how can we play?")
    assert len({one.value for one in offered()}) == len(offered())
