"""Tools show each caller what the graph shows, and nothing else."""

from typing import Any

import pytest

from events.access.principal import Role
from service.assistants.tool import NOTICE
from service.graphql.figure_documents import definition
from tests.events.samples import asked, captured, voided
from tests.service.app import Api
from tests.service.assistants.calling import assistant, called, refused, result, rules, text
from tests.service.assistants.conftest import INJECTED, SEEN, WHO


async def graph(api: Api, who: str | None, query: str) -> Any:
    """Return the answer of `/graphql`."""
    headers = api.headers(who, {"min-position": str(await api.head())})
    answer = (await api.client.post("/graphql", json={"query": query}, headers=headers)).json()
    assert "errors" not in answer, answer
    return answer["data"]


@pytest.mark.parametrize("who", WHO)
async def test_every_tool_shows_what_the_caller_may_see_and_nothing_else(
    levels: Api, who: str | None
) -> None:
    seen = {level for level, whom in SEEN.items() if who in whom}
    texts = []
    calls: list[tuple[str, dict[str, Any]]] = [
        ("cohorts", {}),
        ("search", {"text": "lanterns"}),
        ("search", {"text": "ignore all", "kinds": ["learning"]}),
        ("figures", {"figure": "openness"}),
        ("figures", {"figure": "recurringThemes"}),
        ("event_types", {}),
        *([("journey", {"organisation": "mill"})] if who else []),
    ]
    async with assistant(levels, who) as client:
        for name, arguments in calls:
            answer = await client.call_tool(name, arguments)
            assert not answer.is_error, text(answer)
            texts.append(text(answer) + str(answer.structured_content))
    for level in SEEN:
        is_shown = any(f"Lanterns{level}" in one or f"of-{level}" in one for one in texts)
        assert is_shown is (level in seen), level
    found = await called(levels, who, "search", text="lanterns")
    assert {hit["stream"] for hit in found["hits"]} == {f"learning/of-{level}" for level in seen}
    assert found["total"] == len(seen)


@pytest.mark.parametrize("who", [who for who in WHO if who])
async def test_a_journey_is_the_timeline_of_the_graph_page_by_page(levels: Api, who: str) -> None:
    query = """{ organisation(key: "mill") { timeline(first: 100) {
        nodes { position summary time voidedBy subject { stream } cohort { key } } } } }"""
    expected = (await graph(levels, who, query))["organisation"]["timeline"]["nodes"]
    entries, after = [], None
    while True:
        page = await called(levels, who, "journey", organisation="mill", first=2, after=after)
        assert page["total"] == len(expected)
        assert len(page["entries"]) <= 2
        entries += page["entries"]
        if (after := page["next"]) is None:
            break
    assert [
        (one["position"], one["summary"], one["time"], one["voided_by"]) for one in entries
    ] == [(one["position"], one["summary"], one["time"], one["voidedBy"]) for one in expected]
    assert [one["subject"] for one in entries] == [
        one["subject"] and one["subject"]["stream"] for one in expected
    ]
    assert [one["cohort"] for one in entries] == [
        one["cohort"] and one["cohort"]["key"] for one in expected
    ]


async def test_what_is_hidden_is_the_same_as_what_is_not_there(levels: Api) -> None:
    hidden = await refused(levels, None, "journey", organisation="mill")
    unknown = await refused(levels, None, "journey", organisation="nobody")
    assert hidden == unknown
    assert (hidden["status"], rules(hidden)) == (404, [("organisation.unknown", "/organisation")])
    cohorts = await called(levels, None, "cohorts")
    assert (cohorts["total"], cohorts["cohorts"]) == (0, [])
    for cohort in ("heritage", "nothing"):
        figure = await called(levels, None, "figures", figure="funnel", cohorts=[cohort])
        assert figure["value"]["learnings"] == 0


async def test_a_journey_says_what_was_voided_and_can_begin_and_end(levels: Api) -> None:
    await levels.record([asked(time="2024-03-02T12:00:00Z")])
    position = await levels.head()
    await levels.record([voided(position)])
    span = {"from": "2024-03-02T12:00:00Z", "to": "2024-03-02T12:00:01+00:00"}
    found = await called(levels, "mill", "journey", organisation="mill", **span)
    [entry] = found["entries"]
    assert (entry["position"], entry["voided_by"]) == (position, position + 1)
    assert entry["type"] == "help.asked"
    answer = await result(levels, "mill", "journey", organisation="mill", **span)
    assert "(voided later)" in text(answer)


async def test_the_cohorts_lead_to_their_questions_and_organisations(levels: Api) -> None:
    [cohort] = (await called(levels, "mill", "cohorts"))["cohorts"]
    assert cohort["question"] == "How can we open our doors?"
    assert [one["key"] for one in cohort["organisations"]] == ["mill", "archive", "smithy"]


@pytest.mark.parametrize("who", WHO)
async def test_a_figure_is_that_of_the_graph_with_its_definition(
    levels: Api, who: str | None
) -> None:
    for figure, fields in (("funnel", "learnings"), ("openness", "n"), ("leavers", "n")):
        query = f"{{ insights {{ partial {figure} {{ {fields} }} }} }}"
        expected = (await graph(levels, who, query))["insights"]
        found = await called(levels, who, "figures", figure=figure)
        assert found["partial"] == expected["partial"]
        value = found["value"]
        assert (value and value[fields]) == (expected[figure] and expected[figure][fields])
        assert [one["definition"] for one in found["figures"]] == [definition(figure)]
    listed = await called(levels, who, "figures")
    assert len(listed["figures"]) > 40 and listed["value"] is None


async def test_a_withheld_figure_is_neither_given_nor_denied(levels: Api) -> None:
    await levels.record([captured("late", "archive", visibility="private", cohort="heritage")])
    answer = await result(levels, "library", "figures", figure="quietOrganisations")
    assert answer.structured_content["value"] is None
    assert "either a partial view would distort it, or there is none" in text(answer)


async def test_long_lists_of_a_figure_come_in_parts(levels: Api) -> None:
    whole = (await called(levels, "facilitator", "figures", figure="openness"))["value"]["items"]
    assert len(whole) >= 4
    parts = []
    for skip in range(0, len(whole), 3):
        found = await called(
            levels, "facilitator", "figures", figure="openness", first=3, skip=skip
        )
        assert found["rows_total"]["items"] == len(whole)
        parts += found["value"]["items"]
    assert parts == whole


async def test_the_vocabulary_says_what_this_caller_may_record(levels: Api) -> None:
    for who in ("facilitator", "mill", "guest", None):
        types = (await called(levels, who, "event_types"))["types"]
        may = {one["name"] for one in types if one["may_record"]}
        query = "{ viewer { mayRecord } }"
        expected = {
            name.lower() for name in (await graph(levels, who, query))["viewer"]["mayRecord"]
        }
        assert {name.replace(".", "_") for name in may} == expected
    for name in ("learning.captured", "org.howcanwe.learning.captured.v1"):
        one = await called(levels, None, "event_types", type=name)
        assert one["detail"]["data_schema"]["title"] == "org.howcanwe.learning.captured.v1"
        assert "statement" in one["detail"]["data_schema"]["required"]
        assert "member.required" in one["detail"]["rules"]
    assert rules(await refused(levels, None, "event_types", type="x")) == [
        ("type.unknown", "/type")
    ]


async def test_a_result_says_that_texts_are_data_and_keeps_each_in_its_line(levels: Api) -> None:
    answer = await result(levels, "mill", "search", text="lanterns")
    lines = text(answer).splitlines()
    assert lines[0] == answer.structured_content["notice"] == NOTICE
    assert not [line for line in lines if line.startswith("- learning/other")]
    assert any(" ".join(INJECTED.split()) in line for line in lines)
    assert any(INJECTED in hit["title"] for hit in answer.structured_content["hits"])


async def test_a_facilitator_of_another_cohort_sees_no_more_than_the_public(levels: Api) -> None:
    key = await levels.key(Role.FACILITATOR, cohorts=("elsewhere",))
    found = await called(levels, key, "search", text="lanterns")
    assert [hit["stream"] for hit in found["hits"]] == ["learning/of-public"]
