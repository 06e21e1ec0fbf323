"""`POST /hooks/{name}`: who gets in, what is recorded, what is a repeat, and what callers and operators read of it."""

import gzip
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import orjson
import pytest

from events.access.principal import Role
from service.hooks.tool import Tool
from tests.events.samples import EventJson, adopted, captured, framed, registered
from tests.service.app import Api, faults_in, open_api, problem
from tests.service.conftest import Messages
from tests.service.submissions.hooked import Hooked, hooked
from tests.service.submissions.mappings import TRIALS, sample_of, text_for

TYPES: Final = (
    *("iteration.planned", "iteration.started", "observation.recorded"),
    *("participation.recorded", "iteration.concluded", "learning.captured"),
)
NOTES: Final = """
name = "notes"
tool = "json"
organisation = "mill"

[[events]]
type = "note.added"
data = { about = { answer = "about" }, text = { answer = "text" } }
"""
SIGNING: Final = (Tool.TYPEFORM, Tool.TALLY)


def note(about: str, **more: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "time": "2024-05-02T09:30:00Z",
        "answers": {"about": about, "text": "Hello"},
        **more,
    }


def of_archive(learning: str, **more: Any) -> EventJson:
    return captured(learning, "archive", cohort="heritage", **{"from": ["question/theirs"], **more})


@pytest.fixture
async def trials(story: Api) -> AsyncIterator[Hooked]:
    """A hook for trials, whose question exists."""
    await story.record([framed("question", cohort="heritage")])
    yield await hooked(story)


@pytest.mark.parametrize("tool", Tool)
async def test_the_sample_of_every_tool_is_recorded_once(story: Api, tool: Tool) -> None:
    await story.record([framed("question", cohort="heritage")])
    head = await story.head()
    hook = await hooked(story, tool)
    first = await hook.send()
    assert first.status_code == 201, first.text
    receipts = first.json()["receipts"]
    assert [one["position"] for one in receipts] == [*range(head + 1, head + 7)]
    lines = (await story.lines())[head:]
    assert [line["type"] for line in lines] == [f"org.howcanwe.{one}.v1" for one in TYPES]
    assert {line["source"] for line in lines} == {"urn:howcanwe:hook:trials"}
    planned, _, observed, took_part, concluded, learned = lines
    assert planned["time"].startswith("2024-04-30T00:00") and planned["timeprecision"] == "day"
    assert observed["time"].startswith("2024-05-02T09:30:00") and "timeprecision" not in observed
    key = planned["data"].pop("iteration")
    assert key.startswith("large-print-on-the-label-")
    assert planned["data"] == {
        "organisation": "mill",
        "cohort": "heritage",
        "question": "question",
        "title": "Large print on the label wall",
        "hypothesis": "It helps people who look for labels",
        "action": "We printed three labels in 24 point.\nWe watched for a day.",
        "themes": ["labels", "large print"],
    }
    assert took_part["data"] == {"iteration": key, "people": 12, "level": "consult"}
    assert (concluded["data"]["iteration"], concluded["data"]["result"]) == (key, "supported")
    assert learned["data"]["from"] == [f"iteration/{key}"]
    assert learned["visibility"] == "private"
    again = await hook.send()
    assert again.status_code == 200
    assert [one["position"] for one in again.json()["receipts"]] == [
        one["position"] for one in receipts
    ]
    assert await story.head() == head + 6


async def test_operators_see_when_a_hook_last_recorded_something(story: Api) -> None:
    await story.record([framed("question", cohort="heritage")])
    hook = await hooked(story)
    [before] = await story.service.hooks.all()
    assert before.last_recorded is None
    assert (await hook.send()).status_code == 201
    [after] = await story.service.hooks.all()
    assert after.last_recorded is not None and after.last_recorded >= after.created


async def test_a_changed_submission_contradicts_what_is_recorded(trials: Hooked) -> None:
    assert (await trials.send()).status_code == 201
    head = await trials.api.head()
    sample = sample_of(Tool.GOOGLE_FORMS)
    for question, answer in (
        ("What did you see?", "Nobody stopped"),
        ("What did you try?", "Small print"),
        # Now there is one event less than is recorded.
        ("What did you learn?", ""),
    ):
        changed = {**sample, "answers": {**sample["answers"], question: answer}}
        errors = problem(await trials.send(changed), 409)
        assert {error["rule"] for error in errors} == {"event.conflict"}
    assert await trials.api.head() == head


async def test_an_answer_that_is_added_later_contradicts_what_is_recorded(trials: Hooked) -> None:
    sample = sample_of(Tool.GOOGLE_FORMS)
    fewer = {**sample, "answers": {**sample["answers"], "What did you learn?": ""}}
    assert (await trials.send(fewer)).status_code == 201
    [error] = problem(await trials.send(sample), 409)
    assert (error["rule"], error["index"]) == ("event.conflict", None)
    assert (await trials.send(fewer)).status_code == 200


@pytest.mark.parametrize("tool", [Tool.JSON, *SIGNING])
async def test_nothing_opens_a_hook_but_its_own_secret(story: Api, tool: Tool) -> None:
    hook = await hooked(story, tool)
    other = await hooked(story, Tool.JSON, NOTES)
    body = orjson.dumps(sample_of(tool))
    head = await story.head()
    tries: list[Mapping[str, str | bytes]] = [
        {},
        {"Authorization": f"Bearer {other.secret}"},
        {"Authorization": f"Bearer {hook.secret[:-1]}"},
        {"Authorization": f"Basic {hook.secret}"},
        {"Authorization": story.headers("facilitator")["authorization"]},
        {"Authorization": story.headers("mill")["authorization"]},
        {"Typeform-Signature": "sha256="},
        {"Tally-Signature": b"\xc4"},
        Hooked(story, "trials", tool, other.secret).headers(body),
        # The signature of another body.
        hook.headers(body + b" "),
    ]
    if tool is Tool.JSON:
        tries.pop()
    else:
        tries.append({"Authorization": f"Bearer {hook.secret}"})
    answers = [await hook.sent(body, headers) for headers in tries]
    unknown = await Hooked(story, "unknown", Tool.JSON, hook.secret).send(sample_of(tool))
    for answer in (*answers, unknown):
        assert problem(answer, 401) == problem(unknown, 401)
    assert await story.head() == head


async def test_the_secret_of_a_hook_opens_nothing_else(trials: Hooked) -> None:
    client = trials.api.client
    headers = {"authorization": f"Bearer {trials.secret}"}
    for path in ("/events", "/keys", "/webhooks", "/graphql?query={viewer{role}}", "/quarantine"):
        problem(await client.get(path, headers=headers), 401)
    problem(await client.post("/events", content=b"[]", headers=headers), 401)


async def test_a_revoked_key_ends_its_hook(trials: Hooked) -> None:
    api = trials.api
    hook = await api.service.hooks.find("trials")
    assert hook is not None
    response = await api.client.delete(f"/keys/{hook.key_id}", headers=api.headers("facilitator"))
    assert response.status_code == 204
    problem(await trials.send(), 401)
    assert await api.service.hooks.all() == []


async def test_nobody_gets_the_key_of_a_hook(trials: Hooked) -> None:
    api = trials.api
    hook = await api.service.hooks.find("trials")
    assert hook is not None
    rotated = await api.client.post(f"/keys/{hook.key_id}/rotate", headers=api.headers("admin"))
    problem(rotated, 404)
    [key] = [one for one in (await api.get("/keys")).json()["keys"] if one["id"] == hook.key_id]
    assert key["types"] == sorted(TYPES)
    assert (key["role"], key["organisation"]) == ("organisation", "mill")
    assert (key["sources"], key["name"]) == (["urn:howcanwe:hook:trials"], "hook trials")
    assert (await trials.send()).status_code == 201


async def test_nobody_else_records_under_the_source_of_a_hook(trials: Hooked) -> None:
    source = "urn:howcanwe:hook:trials"
    for who in ("facilitator", "mill"):
        response = await trials.api.post(captured("mine", source=source), who=who)
        [error] = problem(response, 403)
        assert (error["rule"], error["pointer"]) == ("sender.not_allowed", "/source")


async def test_the_key_of_a_hook_records_only_the_types_of_its_mapping(trials: Hooked) -> None:
    api = trials.api
    hook = await api.service.hooks.find("trials")
    assert hook is not None
    sender = await api.service.keys.present(hook.key_id)
    assert sender is not None and sender.role is Role.ORGANISATION
    event = {
        **framed("another"),
        "id": "1",
        "source": "urn:howcanwe:hook:trials",
        "time": "2024-05-02T09:30:00Z",
    }
    checked = api.service.log.check(event, sender)
    with pytest.raises(Exception, match="records only events of these types"):
        await api.service.log.record([checked], sender=sender)


async def test_the_name_of_an_organisation_is_that_of_the_hook(story: Api) -> None:
    text = NOTES.replace("data = {", 'data = { organisation = { answer = "who" },')
    hook = await hooked(story, Tool.JSON, text)
    content = note("organisation/mill")
    for who, status in (("mill", 201), ("archive", 403)):
        answers = {**content["answers"], "who": who}
        answer = await hook.send({**content, "id": who, "answers": answers})
        assert answer.status_code == status, answer.text


async def test_what_is_hidden_from_the_organisation_is_answered_as_what_does_not_exist(
    story: Api,
) -> None:
    hidden = of_archive("hidden", visibility="private")
    open_ = of_archive("open")
    await story.record([framed("theirs", "archive", cohort="heritage"), hidden, open_])
    hook = await hooked(story, Tool.JSON, NOTES)
    assert (await hook.send(note("learning/open", id="a"))).status_code == 201
    theirs = problem(await hook.send(note("learning/hidden", id="b")), 422)
    nobodys = problem(await hook.send(note("learning/nobodys", id="b")), 422)
    assert faults_in(theirs) == faults_in(nobodys) == [(0, "subject.unknown", "/data/about")]
    for theirs_, nobodys_ in zip(theirs, nobodys, strict=True):
        assert theirs_["detail"].replace("hidden", "nobodys") == nobodys_["detail"]


async def test_another_organisations_work_cannot_be_changed(story: Api) -> None:
    await story.record([framed("theirs", "archive", cohort="heritage")])
    text = NOTES.replace(
        'type = "note.added"\ndata = { about = { answer = "about" }, text = { answer = "text" } }',
        'type = "question.closed"\ndata = { question = { answer = "about" }, outcome = "parked" }',
    )
    hook = await hooked(story, Tool.JSON, text)
    [error] = problem(await hook.send(note("theirs")), 403)
    assert error["rule"] == "sender.not_allowed"


async def test_all_faults_are_told_at_once_with_where_they_come_from(trials: Hooked) -> None:
    sample = sample_of(Tool.GOOGLE_FORMS)
    answers = {
        **sample["answers"],
        "What did you try?": "",
        "When?": "last week",
        "Did it work?": "It failed",
        "How many people took part?": "a dozen",
    }
    errors = problem(await trials.send({**sample, "answers": answers}), 422)
    details = {(error["index"], error["pointer"]): error["detail"] for error in errors}
    assert set(details) == {
        (0, "/data/title"),
        (0, "/time"),
        (1, "/time"),
        (3, "/data/people"),
    }
    assert details[(3, "/data/people")] == (
        "Expected a number; found \"a dozen\". It comes from the answer to 'How many people took part?'."
    )
    assert "required" in details[(0, "/data/title")]
    assert "'What did you try?'" in details[(0, "/data/title")]


async def test_a_term_that_nobody_knows_is_told_with_those_that_there_are(story: Api) -> None:
    text = text_for(Tool.JSON).replace(', is = ["It worked", "It failed"]', "")
    hook = await hooked(story, Tool.JSON, text)
    sample = sample_of(Tool.JSON)
    sample["entry"]["fields"]["Did it work?"] = "It exploded"
    errors = problem(await hook.send(sample), 422)
    [detail] = [error["detail"] for error in errors if error["pointer"] == "/data/result"]
    assert "one of Supported, Refuted" in detail and "It exploded" in detail


@pytest.mark.parametrize(
    ("tool", "content", "pointers"),
    [
        (Tool.JSON, [], [""]),
        (Tool.GOOGLE_FORMS, {}, ["/id", "/time", "/answers"]),
        (Tool.GOOGLE_FORMS, {"id": True, "time": 5, "answers": []}, ["/id", "/time", "/answers"]),
        (Tool.GOOGLE_FORMS, {"id": " ", "time": "", "answers": {}}, ["/id", "/time"]),
        (Tool.TYPEFORM, {"event_type": "form_response_partial"}, ["/event_type"]),
        (
            Tool.TYPEFORM,
            {"event_type": "form_response", "form_response": {"answers": {}}},
            ["/form_response/token", "/form_response/submitted_at"],
        ),
        (Tool.TALLY, {"eventType": "FORM_RESPONSE", "data": []}, ["/eventType"]),
        (
            Tool.TALLY,
            {"eventType": "FORM_RESPONSE", "data": {"fields": [5]}},
            ["/data/responseId", "/data/createdAt"],
        ),
    ],
    ids=str,
)
async def test_what_is_no_submission_is_refused(
    story: Api, tool: Tool, content: Any, pointers: list[str]
) -> None:
    hook = await hooked(story, tool, TRIALS.replace("TOOL", tool))
    errors = problem(await hook.send(content), 422)
    assert faults_in(errors) == [(None, "hook.submission", pointer) for pointer in pointers]


async def test_a_submission_of_which_nothing_would_be_recorded_is_refused(story: Api) -> None:
    text = NOTES.replace("data = {", 'when = { answer = "consent", is = true }\ndata = {')
    hook = await hooked(story, Tool.JSON, text)
    answers = note("organisation/mill")["answers"]
    [error] = problem(await hook.send(note("", answers={**answers, "consent": False})), 422)
    assert error["rule"] == "hook.submission"
    agreed = note("", answers={**answers, "consent": True})
    assert (await hook.send(agreed)).status_code == 201


@pytest.mark.parametrize(
    ("body", "headers", "status", "rule"),
    [
        (b"{", {}, 400, "json"),
        (b"{}", {"Content-Type": "text/plain"}, 415, "media_type"),
        (b'{"id": 1, "id": 2}', {}, 422, "hook.submission"),
        (b'{"id": 1e999}', {}, 422, "hook.submission"),
        (b"[" * 100 + b"]" * 100, {}, 400, "json"),
        (b'{"id": "\\ud800"}', {}, 400, "json"),
        (b'{"id": "' + b"x" * 300 + b'"}', {}, 413, "body.too_large"),
        (
            gzip.compress(b'"' + b"x" * 10_000 + b'"'),
            {"Content-Encoding": "gzip"},
            413,
            "body.too_large",
        ),
    ],
    ids=[
        "no JSON",
        "no media type of JSON",
        "twice",
        "infinite",
        "nested",
        "surrogate",
        "large",
        "a bomb",
    ],
)
@pytest.mark.parametrize("tool", [Tool.GOOGLE_FORMS, Tool.TALLY])
async def test_bodies_are_bounded_and_strict_json(
    database_url: str, tool: Tool, body: bytes, headers: dict[str, str], status: int, rule: str
) -> None:
    async with open_api(database_url, hooks_body_bytes_max=300) as api:
        hook = await hooked(api, tool)
        sent = gzip.decompress(body) if "Content-Encoding" in headers else body
        answer = await hook.sent(body, {**hook.headers(sent), **headers})
        assert problem(answer, status)[0]["rule"] == rule


async def test_expressions_that_take_too_long_are_stopped(database_url: str) -> None:
    text = NOTES.replace('{ answer = "text" }', '{ from = "to_string(' + "[@,@]|" * 20 + '[@])" }')
    async with open_api(database_url) as api:
        await api.begin()
        hook = await hooked(api, Tool.JSON, text)
        errors = problem(await hook.send(note("organisation/mill")), 422)
        assert (0, "hook.expression", "/data/text") in faults_in(errors)
        assert any("too many steps" in error["detail"] for error in errors)


async def test_a_key_beyond_its_rate_waits(database_url: str) -> None:
    async with open_api(database_url, key_requests_per_second=1) as api:
        hook = await hooked(api, Tool.JSON, NOTES)
        answers = [await hook.send(note("organisation/mill")) for _ in range(12)]
        assert problem(answers[-1], 429)[0]["rule"] == "rate.exceeded"


async def test_what_became_of_submissions_is_counted_and_logged_without_what_people_wrote(
    trials: Hooked, messages: Messages
) -> None:
    sample = sample_of(Tool.GOOGLE_FORMS)
    await trials.send()
    await trials.send()
    changed = {**sample, "id": "2", "answers": {**sample["answers"], "When?": "at Grace's"}}
    problem(await trials.send(changed), 422)
    problem(await trials.send(Authorization="Bearer x"), 401)
    metrics = (await trials.api.get("/metrics", None)).text
    for result in ("recorded", "repeated", "refused", "unopened"):
        assert f'howcanwe_hook_submissions_total{{result="{result}"}} 1.0' in metrics
    logged = [line for line in messages.lines if "hook" in line]
    assert any("a submission to a hook was refused" in line for line in logged)
    assert any("field at /time" in line for line in logged)
    assert any("a hook did not open" in line and "secret" in line for line in logged)
    for line in messages.lines:
        assert "Grace" not in line and trials.secret not in line


async def test_secrets_cannot_be_read_in_the_database(story: Api) -> None:
    for tool in (Tool.JSON, Tool.TYPEFORM):
        text = text_for(tool, name=f"trials-{tool}")
        hook = await hooked(story, tool, text)
        row = await story.execute("select h::text from hooks h where name = $1", hook.name)
        secret = hook.secret.removeprefix("hcwh_")
        assert secret not in row and secret.encode().hex() not in row


async def test_a_hook_of_another_master_key_does_not_open(trials: Hooked) -> None:
    hook = await hooked(trials.api, Tool.TALLY, text_for(Tool.TALLY, name="tally"))
    await trials.api.execute("update hooks set sealed = $1 where name = 'tally'", bytes(60))
    problem(await hook.send(), 401)
    assert {one.name for one in await trials.api.service.hooks.all()} == {"tally", "trials"}
    await trials.api.service.hooks.remove("tally", removed_by="the tests")


async def test_adopting_from_others_is_recorded_by_the_names_of_options(story: Api) -> None:
    await story.record([framed("theirs", "archive", cohort="heritage"), of_archive("big")])
    text = """
name = "adoptions"
tool = "json"
organisation = "mill"
cohort = "heritage"

[[events]]
type = "learning.adopted"
[events.data]
learning = { from = "answers.Which", terms = { "Big letters help" = "big" } }
adaptation = { from = "join(' ', [answers.How, 'by us'])" }
"""
    hook = await hooked(story, Tool.JSON, text)
    content = note("", answers={"Which": "big letters  help", "How": "Painted"})
    assert (await hook.send(content)).status_code == 201
    line = (await story.lines())[-1]
    expected = adopted("big", "mill")["data"]
    assert line["data"]["learning"] == expected["learning"]
    assert line["data"]["adaptation"] == "Painted by us"
    assert line["data"]["cohort"] == "heritage"


async def test_an_organisation_that_is_registered_later_may_have_a_hook(api: Api) -> None:
    hook = await hooked(api, Tool.JSON, NOTES.replace('"mill"', '"later"'))
    content = note("organisation/later")
    assert {e["rule"] for e in problem(await hook.send(content), 422)} == {"subject.unknown"}
    await api.record([registered("later", time="2024-01-01T00:00:00Z")])
    assert (await hook.send(content)).status_code == 201
