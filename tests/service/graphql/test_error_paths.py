"""An error has the path and the place of the field that failed, whose nearest parent that may be null is null."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, get_operation_ast, parse
from structlog.testing import capture_logs

from events.log import EventLog
from projections.queries import timelines
from projections.updating.runner import Runner
from service.graphql.documents.documents import Documents
from service.graphql.node_ids import opaque
from tests.projections.stories import cohort, event_maker
from tests.service.graphql.client import Asker

BAD = 'first: 1, after: "bad"'


@pytest.fixture
async def asker(log: EventLog) -> AsyncIterator[Asker]:
    """A GraphQL client over a log with a small cohort and a question of the mill's."""
    make_event = event_maker()
    events = [
        *cohort(make_event),
        make_event(
            "question.framed",
            "2025-01-05",
            question="wheel",
            organisation="mill",
            cohort="valley",
            text="How can we turn the wheel?",
        ),
        make_event(
            "iteration.planned",
            "2025-01-06",
            iteration="oil",
            question="wheel",
            organisation="mill",
            title="Oil",
            hypothesis="It squeaks less.",
            modes=["give_time"],
            participation_level="inform",
            action="We oil it.",
        ),
    ]
    await log.append(events)
    async with Runner(log) as runner:
        asker = Asker(log, runner)
        async with asker.http:
            yield asker


Path = list[str | int]


async def failed(asker: Asker, query: str, **variables: Any) -> tuple[Any, dict[str, str]]:
    """Return the data, and the codes of the errors by their paths; each is held to the place of its field."""
    answer = (await asker.post(query, variables=variables)).json()
    found = {}
    for error in answer["errors"]:
        assert error["locations"] == [place_of(query, error["path"])]
        path = ".".join(map(str, error["path"]))
        assert path not in found
        found[path] = error["extensions"]["code"]
    return answer["data"], found


def place_of(query: str, path: Sequence[str | int]) -> dict[str, int]:
    """Return the location of the field with this path in a query without named fragments."""
    operation = get_operation_ast(parse(query))
    assert isinstance(operation, OperationDefinitionNode)
    nodes: list[Any] = [operation]
    for name in path:
        if isinstance(name, str):
            nodes = [found for node in nodes for found in fields_of(node) if named(found) == name]
    [node] = nodes
    assert node.loc is not None
    token = node.loc.start_token
    return {"line": token.line, "column": token.column}


def fields_of(node: Any) -> list[FieldNode]:
    found: list[FieldNode] = []
    for below in node.selection_set.selections:
        found += [below] if isinstance(below, FieldNode) else fields_of(below)
    return found


def named(node: FieldNode) -> str:
    return (node.alias or node.name).value


async def test_f09_an_error_below_the_root_has_the_path_and_the_place_of_its_field(
    asker: Asker,
) -> None:
    query = """
    {
      organisation(key: "mill") { name questions(first: 3, after: "bad") { nodes { text } } }
      cohort(key: "valley") { title }
    }
    """
    assert await failed(asker, query) == (
        {"organisation": None, "cohort": {"title": "Valley"}},
        {"organisation.questions": "cursor.malformed"},
    )


async def test_f09_several_errors_of_a_document_are_told_together_each_at_its_field(
    asker: Asker,
) -> None:
    query = """
    {
      mill: organisation(key: "mill") { questions(first: 0) { totalCount } }
      farm: organisation(key: "farm") { name own: questions(last: -1) { nodes { key } } }
      cohort(key: "valley") { title }
      question(key: "wheel") {
        text
        organisation { name failures(first: 1, last: 1) { totalCount } }
        cohort { title timeline(first: 101) { totalCount } }
      }
    }
    """
    assert await failed(asker, query) == (
        {
            "mill": None,
            "farm": None,
            "cohort": {"title": "Valley"},
            "question": {
                "text": "How can we turn the wheel?",
                "organisation": None,
                "cohort": None,
            },
        },
        {
            "mill.questions": "argument.out_of_range",
            "farm.own": "argument.out_of_range",
            "question.organisation.failures": "argument.contradicts",
            "question.cohort.timeline": "argument.out_of_range",
        },
    )


async def test_f09_in_a_list_each_row_that_fails_has_its_own_error(asker: Asker) -> None:
    query = f"""
    {{ cohort(key: "valley") {{ timeline(first: 9) {{ nodes {{
      __typename
      ... on OrganisationJoined {{ organisation {{ name questions({BAD}) {{ totalCount }} }} }}
    }} }} }} }}
    """
    data, errors = await failed(asker, query)
    nodes = data["cohort"]["timeline"]["nodes"]
    joined = [n for n, node in enumerate(nodes) if node["__typename"] == "OrganisationJoined"]
    assert len(joined) == 2
    assert [nodes[n]["organisation"] for n in joined] == [None, None]
    assert errors == {
        f"cohort.timeline.nodes.{n}.organisation.questions": "cursor.malformed" for n in joined
    }


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (f"{{ questions(first: 2) {{ nodes {{ key failures({BAD}) {{ totalCount }} }} }} }}", ""),
        (
            f"{{ questions(first: 2) {{ edges {{ node {{ notes({BAD}) {{ totalCount }} }} }} }} }}",
            "questions.edges.0.node.notes",
        ),
        (
            '{ organisation(key: "mill") { questions(first: 1) { nodes { children(first: 1) '
            "{ totalCount } iterations(first: 1) { nodes { observations(first: 0) { totalCount } } "
            "} } } } }",
            "organisation.questions.nodes.0.iterations.nodes.0.observations",
        ),
        (
            f'{{ pairing(key: "pair") {{ organisations {{ name asks({BAD}) {{ totalCount }} }} }} }}',
            "pairing.organisations.0.asks",
        ),
        (
            f'{{ node(id: "{opaque("question/wheel")}") {{ id ... on Question {{ text '
            f"iterations({BAD}) {{ totalCount }} }} }} }}",
            "node.iterations",
        ),
        (
            '{ search(text: "wheel", first: 1) { nodes { subject { key ... on Question { text '
            f"iterations({BAD}) {{ totalCount }} }} }} }} }} }}",
            "search.nodes.0.subject.iterations",
        ),
        (
            '{ organisation(key: "mill") { name journey { questions(first: 0) { totalCount } } } }',
            "organisation.journey.questions",
        ),
        (
            '{ organisation(key: "mill") { journey(asOf: {position: 8}) { questions(first: 1) '
            "{ nodes { iterations(first: 0) { totalCount } } } } } }",
            "organisation.journey.questions.nodes.0.iterations",
        ),
        (
            "{ organisations(first: 2) { nodes { journey(asOf: {position: 8}) { position } } } }",
            "organisations.nodes.0.journey",
        ),
        (
            '{ organisation(key: "mill") { timeline(first: 1, from: "2025-01-01T00:00:00Z", '
            'to: "2024-01-01T00:00:00Z") { totalCount } } }',
            "organisation.timeline",
        ),
        (
            '{ organisation(key: "mill") { questions(first: 1, where: {themes: ['
            + '"a" ' * 101
            + "]}) { totalCount } } }",
            "organisation.questions",
        ),
    ],
)
async def test_f09_wherever_a_field_fails_the_error_has_its_path(
    asker: Asker, query: str, path: str
) -> None:
    _, errors = await failed(asker, query)
    assert list(errors) == [path or "questions.nodes.0.failures"]


async def test_a_variable_that_an_argument_cannot_do_without_is_missed_at_the_field(
    asker: Asker,
) -> None:
    query = """
    query ($by: QuestionOrderBy = POSITION) {
      organisation(key: "mill") { questions(first: 1, order: {by: $by}) { totalCount } }
      cohort(key: "valley") { title }
    }
    """
    answer = (await asker.post(query, variables={"by": None})).json()
    assert answer["data"] == {"organisation": None, "cohort": {"title": "Valley"}}
    [error] = answer["errors"]
    assert error["path"] == ["organisation", "questions"]


async def test_an_unforeseen_error_is_reported_at_its_field_and_the_rest_is_answered(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError("the cellar is flooded")

    async def no_plan(*args: Any) -> None:
        return None

    monkeypatch.setattr(timelines, "counts", broken)
    monkeypatch.setattr(Documents, "plan", no_plan)
    query = """
    {
      organisation(key: "mill") { timeline(first: 1) { totalCount } }
      question(key: "wheel") { text cohort { timeline(first: 1) { totalCount } } }
    }
    """
    with capture_logs() as logs:
        data, errors = await failed(asker, query)
    assert data["organisation"] is None
    assert data["question"] == {"text": "How can we turn the wheel?", "cohort": None}
    assert errors == {
        "organisation.timeline": "internal",
        "question.cohort.timeline": "internal",
    }
    assert [entry["path"] for entry in logs] == [path.split(".") for path in errors]
