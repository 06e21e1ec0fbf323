"""Invalid arguments are refused with everything that is wrong with them, and what is asked stays within the limits."""

from pathlib import Path
from typing import Any

import pytest

from tests.service.app import Api, open_api
from tests.service.assistants.calling import called, refused, rules

MALFORMED = "argument.malformed"


@pytest.mark.parametrize(
    ("tool", "arguments", "pointers"),
    [
        ("cohorts", {"first": 0, "last": 3}, {"/first", "/last"}),
        (
            "search",
            {"text": "", "kinds": ["person", "learning"], "first": 101},
            {"/text", "/kinds/0", "/first"},
        ),
        (
            "journey",
            {"organization": "mill", "from": "yesterday", "to": "2024-01-01T00:00:00"},
            {"/organisation", "/organization", "/from", "/to"},
        ),
        ("journey", {"organisation": "mill", "from_": None}, {"/from_"}),
        (
            "figures",
            {"figure": "nothing", "mode": "shouting", "level": "x"},
            {"/figure", "/mode", "/level"},
        ),
        ("figures", {"figure": "funnel", "organisation": "mill"}, {"/organisation"}),
        ("figures", {"figure": "triedBefore"}, {"/mode"}),
        ("figures", {"figure": "similarQuestions", "language": "cy"}, {"/question"}),
        ("figures", {"figure": "similarQuestions", "question": "a", "text": "b"}, {"/text"}),
        ("event_types", {"type": 3}, {"/type"}),
        ("record", {"event": {}}, {"/event", "/events"}),
    ],
)
async def test_all_that_is_wrong_is_said_at_once(
    api: Api, tool: str, arguments: dict[str, Any], pointers: set[str]
) -> None:
    problem = await refused(api, "mill", tool, **arguments)
    assert problem["status"] == 422
    assert {rule for rule, _ in rules(problem)} == {MALFORMED}
    assert {pointer for _, pointer in rules(problem)} == pointers


async def test_what_the_graph_refuses_has_the_name_of_the_argument(levels: Api) -> None:
    problem = await refused(levels, "mill", "journey", organisation="not a key")
    assert rules(problem) == [(MALFORMED, "/organisation")]


async def test_a_misspelt_argument_is_told_the_right_name(api: Api) -> None:
    problem = await refused(api, None, "journey", organization="mill")
    details = [one["detail"] for one in problem["errors"] if one["pointer"] == "/organization"]
    assert details[0].startswith("Expected organisation, one of the members organisation, from, to")


async def test_a_cursor_of_another_list_is_refused(levels: Api) -> None:
    after = (await called(levels, "mill", "search", text="lanterns", first=1))["next"]
    assert (await called(levels, "mill", "search", text="lanterns", after=after))["hits"]
    for tool, more in (
        ("search", {"text": "open"}),
        ("cohorts", {}),
        ("journey", {"organisation": "mill"}),
    ):
        problem = await refused(levels, "mill", tool, after=after, **more)
        assert rules(problem) == [("cursor.foreign", "/after")]
    problem = await refused(levels, "mill", "cohorts", after="x")
    assert rules(problem) == [("cursor.malformed", "/after")]


@pytest.mark.parametrize("figure", ["triedBefore", "similarQuestions", "rhythm", "costOfLearning"])
async def test_a_figure_takes_its_own_arguments(levels: Api, figure: str) -> None:
    given = {
        "triedBefore": {"mode": "tell_stories", "level": "involve", "theme": "lanterns"},
        "similarQuestions": {"text": "How can we open our doors?", "language": "en"},
        "rhythm": {"organisation": "mill"},
        "costOfLearning": {},
    }[figure]
    scope = {"cohorts": ["heritage"], "from": "2024-01-01T00:00:00Z", "at": "2025-01-01T00:00:00Z"}
    found = await called(levels, "facilitator", "figures", figure=figure, **given, **scope)
    assert found["figures"][0]["name"] == figure


async def test_the_limits_of_the_graph_hold(database_url: str) -> None:
    async with open_api(database_url, lives=True, graphql_cost_max=3_000) as api:
        await api.begin()
        assert rules(await refused(api, "mill", "search", text="open")) == [
            ("query.too_costly", "")
        ]
        await called(api, "mill", "figures", figure="funnel")


async def test_a_page_is_no_larger_than_the_graph_allows(database_url: str) -> None:
    async with open_api(database_url, lives=True, graphql_list_size_max=20) as api:
        await api.begin()
        assert (await called(api, "mill", "cohorts"))["total"] == 1
        problem = await refused(api, "mill", "cohorts", first=21)
        assert [pointer for _, pointer in rules(problem)] == ["/first"]


async def test_the_tools_need_no_trust_where_only_trusted_documents_run(
    database_url: str, tmp_path: Path
) -> None:
    trusted = tmp_path / "trusted.json"
    trusted.write_text("{}")
    async with open_api(database_url, lives=True, trusted_documents=trusted) as api:
        await api.begin()
        assert (await called(api, "mill", "cohorts"))["total"] == 1
        other = await api.client.post("/graphql", json={"query": "{ viewer { role } }"})
        assert other.status_code == 400


async def test_read_models_that_are_behind_are_a_reason_to_try_again(database_url: str) -> None:
    async with open_api(database_url, min_position_seconds=0.01) as api:
        await api.begin()
        problem = await refused(api, "mill", "cohorts")
        assert (problem["status"], rules(problem)) == (503, [("position.not_reached", "")])
