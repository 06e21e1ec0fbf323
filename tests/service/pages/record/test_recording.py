"""Recording through forms: what is asked, what is kept, what is refused, and whom it is refused."""

import re
from uuid import UUID

import pytest

from events.access.policy import may_ever_record
from events.access.principal import Role
from events.vocabulary.catalogue import VOCABULARY, EventKind
from service.pages.record.form import form_of
from service.pages.record.reading import ACTION
from service.pages.record.routes import LOOK
from tests.service.access.signing_in.browser import HERE
from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import FormReader, opened, position_in, send, signed_in
from tests.service.pages.sign_in.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTE = "/record/note.added"
FAILURE = "/record/failure.recorded"
ROLES = {
    "facilitator": Role.FACILITATOR,
    "mill-museum": Role.ORGANISATION,
    "evaluator": Role.EVALUATOR,
    "analyst": Role.ANALYST,
    "admin": Role.ADMIN,
}
SAYS = {
    "intended": ["A quiet opening."],
    "actual": ["Nobody came, ÄÖÜ and all."],
    "why": ["The gate was locked."],
    "degree": ["outright_failure"],
    "for_whom": ["staff", "citizens"],
}
THEN = {"event.time": ["2024-05-01T10:00"]}
"""A time at which the cohort was open."""


async def content(site: Api, position: int) -> dict[str, object]:
    """Return the event at a position, as it is recorded."""
    [recorded] = await site.service.log.events([position])
    return dict(recorded.content)


async def note(visitor: Visitor, about: str = "organisation/mill-museum") -> dict[str, list[str]]:
    """Return what the form of a note contains that says something."""
    return {**await opened(visitor, NOTE), "about": [about], "text": ["The key is under the mat."]}


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
