"""Recording through forms: for whom there is a form, what it offers, and what becomes of it."""

import re
from uuid import UUID

import pytest

from events.access.policy import may_ever_record
from events.access.principal import Role
from events.vocabulary.catalogue import VOCABULARY, EventKind
from service.pages.record.form import form_of
from service.pages.record.reading import ACTION
from service.pages.record.routes import LOOK
from tests.service.app import Api
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import FormReader, opened, position_in, send, signed_in
from tests.service.pages.record.sent import FAILURE, NOTE, ROLES, SAYS, THEN, content, note
from tests.service.pages.sign_in.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
@pytest.mark.parametrize("who", ROLES)
async def test_a_form_is_there_for_what_the_policy_lets_a_role_record(
    site: Api, who: str, kind: EventKind
) -> None:
    visitor = await signed_in(site, who)
    answer = await visitor.get(f"/record/{kind.name}")
    allowed = may_ever_record(ROLES[who], kind)
    assert answer.status_code == (200 if allowed else 404)
    page = PageReader(answer.text)
    assert page.faults == []
    assert len(page.ids) == len(set(page.ids))
    if allowed:
        asked = FormReader(answer.text)
        fields = {one.name for one in form_of(kind).walked() if one.widget != "parts"}
        assert fields <= {*asked.values, *asked.options, *_listed(answer.text)} | {
            one.name for one in form_of(kind).fields if one.widget == "subjects"
        }


def _listed(html: str) -> list[str]:
    return re.findall(r'name="([a-z_.]+)"', html)


@pytest.mark.parametrize("who", ROLES)
async def test_the_first_page_offers_what_the_policy_lets_a_role_record(
    site: Api, who: str
) -> None:
    page = PageReader((await (await signed_in(site, who)).get("/record")).text)
    offered = [link.rpartition("/")[2] for link in page.links if link.startswith("/record/")]
    forms = [kind.name for kind in VOCABULARY.kinds if may_ever_record(ROLES[who], kind)]
    # Who records anything can do so from a sheet, too.
    assert sorted(offered) == sorted([*forms, *(["sheets"] if forms else [])])
    assert ("/record" in page.links) == (ROLES[who] not in (Role.EVALUATOR, Role.ANALYST))


async def test_whoever_is_not_signed_in_signs_in_first(site: Api) -> None:
    visitor = Visitor(site)
    answer = await visitor.get(f"{FAILURE}?iteration=label-wall-4")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?to=%2Frecord%2Ffailure.recorded%3F")
    assert "/sign-in?to=%2Frecord" in PageReader((await visitor.get("/record")).text).links


async def test_what_happened_is_recorded_and_the_page_after_it_says_who_sees_it(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = await opened(visitor, f"{FAILURE}?iteration=label-wall-4")
    assert form["organisation"] == ["mill-museum"]
    assert form["iteration"] == ["label-wall-4"]
    assert form["event.visibility"] == ["cohort"]
    sent = {**form, **SAYS, "event.visibility": ["private"], "themes": ["Gates\r\n\r\n keys "]}
    refused = await send(visitor, FAILURE, sent)
    assert "#f-event.time" in PageReader(refused.text).links
    assert "The cohort had closed by then" in refused.text
    sent |= THEN
    position = position_in(await send(visitor, FAILURE, sent))
    event = await content(site, position)
    data = event["data"]
    assert isinstance(data, dict)
    assert event["source"] == "urn:howcanwe:pages"
    assert UUID(str(event["id"])).version == 4
    assert event["timeprecision"] == "minute"
    assert re.fullmatch(r"nobody-came-aou-and-all-[a-z2-9]{8}", data["failure"])
    assert data["actual"] == SAYS["actual"][0]
    assert data["for_whom"] == ["staff", "citizens"]
    assert data["themes"] == ["gates", "keys"]
    page = PageReader((await visitor.get(f"/record/done/{position}")).text)
    # What was written is there to be read once more, and leads to its correction.
    for words in (SAYS["intended"][0], SAYS["actual"][0], SAYS["why"][0]):
        assert words in page.text
    assert f"/record/event.corrected?event={position}" in page.links
    assert "Only Brackwater Mill Museum and the facilitators and evaluators of" in page.text
    assert f"/failures/{data['failure']}" in page.links
    assert any(
        link.startswith("/record/learning.captured?") and f"failure%2F{data['failure']}" in link
        for link in page.links
    )


async def test_the_same_form_sent_twice_is_one_event(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    form = await note(visitor)
    first = position_in(await send(visitor, NOTE, form))
    assert position_in(await send(visitor, NOTE, form)) == first
    other = await send(visitor, NOTE, {**form, "text": ["Something else."]})
    assert other.status_code == 422
    assert "This form was sent before with other words" in other.text
    assert FormReader(other.text).values["text"] == ["Something else."]


async def test_an_address_prefills_what_it_is_about_but_no_words(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    form = await opened(
        visitor, f"{FAILURE}?question=mill-labels&degree=outright_failure&why=pwned&event.id=1"
    )
    assert form["question"] == ["mill-labels"]
    assert form["degree"] == ["outright_failure"]
    assert form["why"] == [""]
    assert form["event.id"] != ["1"]


async def test_a_facilitator_ticks_who_attended_a_session(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    path = "/record/session.held"
    shown = FormReader((await visitor.get(f"{path}?cohort={COHORT}")).text)
    assert "mill-museum" in shown.options["attended"]
    came = ["mill-museum", "library-trust", "canal-society", "city-archive"]
    sent = {
        **shown.values,
        "kind": ["workshop"],
        "title": ["What broke, again"],
        "attended": came,
        "event.time": ["2024-03-01T10:00"],
    }
    event = await content(site, position_in(await send(visitor, path, sent)))
    data = event["data"]
    assert isinstance(data, dict)
    assert data["attended"] == came
    assert event["time"] == "2024-03-01T10:00:00+00:00"


async def test_words_find_what_is_not_listed_and_record_nothing(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    before = await site.head()
    form = {**await opened(visitor, FAILURE), "intended": ["Kept."], ACTION: [LOOK]}
    answer = await send(visitor, FAILURE, {**form, "find.iteration": ["wall"]})
    assert answer.status_code == 200
    found = FormReader(answer.text)
    assert found.values["intended"] == ["Kept."]
    assert "label-wall-4" in found.options["iteration"]
    assert len(found.options["iteration"]) < len(
        FormReader((await visitor.get(FAILURE)).text).options["iteration"]
    )
    assert await site.head() == before


@pytest.mark.parametrize("path", ["/record/nothing.happened", "/record/cohort", "/record/"])
async def test_there_is_no_form_for_a_type_that_does_not_exist(site: Api, path: str) -> None:
    visitor = await signed_in(site, "facilitator")
    assert (await visitor.get(path)).status_code == 404
    assert (await send(visitor, path, {"token": ["x"]})).status_code in (404, 405)


async def test_the_forms_are_in_german_too(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    answer = await visitor.get(FAILURE, **{"accept-language": "de"})
    page = PageReader(answer.text)
    assert "nicht so gelaufen" in page.text
    assert "Was beabsichtigt war" in page.text


async def test_what_is_similar_is_shown_beside_a_question_and_a_plan(site: Api) -> None:
    visitor = await signed_in(site, "library-trust")
    path = "/record/question.framed"
    form = await opened(visitor, path)
    before = await site.head()
    sent = {**form, "text": ["How can we lend the wall to strangers?"], ACTION: [LOOK]}
    page = PageReader((await send(visitor, path, sent)).text)
    assert "similar" in page.ids
    assert "/questions/mill-strangers" in page.links
    path = "/record/iteration.planned"
    form = await opened(visitor, path)
    sent = {**form, "modes": ["tell_stories"], ACTION: [LOOK]}
    page = PageReader((await send(visitor, path, sent)).text)
    assert "What others tried" in page.text
    nonsense = {**sent, "modes": ["no_such_mode"], "themes": ["x\0y"], "language": ["??"]}
    assert (await send(visitor, path, nonsense)).status_code == 200
    assert await site.head() == before


async def test_a_question_that_is_none_is_refused_in_words_for_people(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    path = "/record/question.framed"
    form = {**await opened(visitor, path), "text": ["We want more visitors."], "opening.text": [""]}
    answer = await send(visitor, path, {**form, **THEN})
    assert answer.status_code == 422
    text = PageReader(answer.text).text
    assert "A question begins with “How can we”" in text
    assert "the default, because none is given" not in text
    assert "found" not in text.partition("A question begins with “How can we”")[2][:250]
