"""Hidden events are answered as unknown: to the public, an organisation, an evaluator, an analyst, an admin."""

import pytest

from events.access.principal import Role
from tests.events.samples import (
    asked,
    assessed,
    captured,
    failed,
    formed,
    framed,
    noted,
    registered,
    shown,
)
from tests.service.app import BATCH, SSE, Api, faults_in, person, problem

WHO = ("mill", "archive", "library", "evaluator", "analyst", "admin", None)


async def seen_by(api: Api, position: int) -> set[str | None]:
    """Return who sees the event, the same in every call."""
    seen: set[str | None] = set()
    for who in WHO:
        one = await api.get(f"/events/{position}", who)
        lines = await api.lines(who, f"?after={position - 1}")
        page = (await api.get(f"/events?after={position - 1}", who, accept=BATCH)).json()
        live = (
            (await api.get(f"/events?after={position - 1}&limit=1", who, accept=SSE))
            if lines
            else None
        )
        assert page == lines
        if lines and lines[0]["position"] == position:
            assert one.json() == lines[0]
            assert live is not None
            assert live.text.startswith(f"id: {position}\n")
            seen.add(who)
        else:
            assert faults_in(problem(one, 404)) == [(None, "event.unknown", "")]
    return seen


@pytest.mark.parametrize(
    ("level", "seen"),
    [
        ("private", {"mill", "evaluator"}),
        ("pair", {"mill", "evaluator"}),
        ("cohort", {"mill", "archive", "evaluator", "analyst"}),
        ("public", {"mill", "archive", "library", "evaluator", "analyst", "admin", None}),
    ],
)
async def test_a_subject_is_seen_by_its_level(
    story: Api, level: str, seen: set[str | None]
) -> None:
    response = await story.post(failed(cohort="heritage", visibility=level), who="mill")
    position = response.json()["receipts"][0]["position"]
    if level == "public":
        # The event names the organisation and the cohort too, and they are seen by every key only.
        assert await seen_by(story, position) == seen - {None, "admin"} | {"admin"} - {None}
        return
    assert await seen_by(story, position) == seen


async def test_the_public_sees_what_is_public_with_all_it_names(api: Api) -> None:
    for event in (
        formed(visibility="public"),
        registered("mill", visibility="public"),
        registered("archive"),
    ):
        assert (await api.post(event)).status_code == 201
    everybody = set(WHO)
    assert await seen_by(api, 1) == everybody
    assert await seen_by(api, 2) == everybody
    assert await seen_by(api, 3) == everybody - {None}
    await api.post(assessed("mill", visibility="public"))
    assert await seen_by(api, 4) == everybody


async def test_what_is_narrowed_later_is_gone_from_then_on(api: Api) -> None:
    await api.post(registered("mill", visibility="public"))
    await api.post(assessed("mill", visibility="public"))
    assert None in await seen_by(api, 2)
    await api.post(shown("event/2", "private"))
    assert await seen_by(api, 2) == {"mill"}


async def test_hidden_is_the_same_as_unknown(story: Api) -> None:
    await story.post(framed(visibility="private"), who="mill")
    hidden = await story.get("/events/7", "archive")
    unknown = await story.get("/events/8", "archive")
    assert (hidden.status_code, hidden.content) == (unknown.status_code, unknown.content)
    hidden = await story.get("/streams/question/question", "archive")
    unknown = await story.get("/streams/question/another", "archive")
    assert hidden.json()["version"] == unknown.json()["version"] == 0
    assert (await story.get("/streams/question/question", "mill")).json()["version"] == 1
    hidden = await story.post(noted("question/question", organisation="archive"), who="archive")
    unknown = await story.post(noted("question/another", organisation="archive"), who="archive")
    problem(hidden, 422)
    # But for what was sent itself.
    assert hidden.text == unknown.text.replace("question/another", "question/question")
    assert await story.lines("archive", "?stream=question/question") == []


async def test_a_facilitator_of_one_cohort_sees_that_one_and_no_other(story: Api) -> None:
    await story.post(formed("music"))
    await story.post(asked("inside", cohort="heritage", visibility="private"), who="mill")
    for cohort, count in (("heritage", 1), ("music", 0)):
        key = await story.key(Role.FACILITATOR, cohorts=(cohort,))
        assert len(await story.lines(key, "?stream=ask/inside")) == count


async def test_personal_fields_are_ciphertext_for_everyone(story: Api) -> None:
    await story.post(person())
    for who in ("facilitator", "mill", "archive", "evaluator", "analyst", None):
        lines = await story.lines(who, "?stream=person/grace")
        assert len(lines) == (1 if who in ("facilitator", "mill") else 0)
        for line in lines:
            assert line["data"]["name"].startswith("sealed:")
            assert line["data"]["email"].startswith("sealed:")


async def test_positions_count_hidden_events(story: Api) -> None:
    await story.post(captured(visibility="private"), who="mill")
    await story.post(noted("organisation/archive", organisation="archive"), who="archive")
    lines = await story.lines("archive", "?after=6")
    assert [line["position"] for line in lines] == [8]
