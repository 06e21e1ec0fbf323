"""Figures on a page: each key with its subject beside it, each term of the graph's own, each figure by itself."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from graphql import GraphQLObjectType, get_named_type

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from projections.insights.answers import ARGUMENTS, ORDER
from projections.insights.figures.definition import FIGURES
from projections.updating.runner import Runner
from service.event_files import batches
from service.graphql.fields.field import SOURCE
from service.graphql.insights.subjects import PLAIN
from service.graphql.schema import Schema
from service.graphql.types.listed import SHAPES
from service.samples import demo
from tests.service.graphql.client import Asker
from tests.service.statements import counting

AT = "2025-03-01T00:00:00Z"
VIEWERS = [
    RECORD,
    Principal("facilitator", Role.FACILITATOR, cohorts=frozenset({"heritage-2024"})),
    Principal("museum", Role.ORGANISATION, organisation="mill-museum"),
    Principal("evaluator", Role.EVALUATOR, cohorts=frozenset({"heritage-2024"})),
    Principal("guest", Role.GUEST, frozenset({"heritage-2024"}), "mill-museum"),
    Principal("analyst", Role.ANALYST),
    PUBLIC,
]
GENERATIONS = 4
GIVEN = {
    "triedBefore": "(mode: TELL_STORIES)",
    "similarQuestions": '(question: "library-shelf")',
    **{
        name: '(organisation: "mill-museum")'
        for name, arguments in ARGUMENTS.items()
        if arguments == ("organisation",)
    },
}
"""Arguments for the figures that need some."""

KIND_OF = {shape.name: shape.kind for shape in SHAPES}


@pytest.fixture
async def asker(database_url: str) -> AsyncIterator[Asker]:
    """GraphQL over the demo's log."""
    async with await EventLog.open(database_url, master_key=bytes(32)) as log:
        for batch in batches((orjson.loads(line) for line in demo.lines()), 100):
            await log.append(batch)
        async with Runner(log) as runner:
            await runner.catch_up()
            found = Asker(log, runner, catches_up=False)
            yield found
            await found.http.aclose()


async def insights(asker: Asker, fields: str, arguments: str = f'at: "{AT}"') -> Any:
    return (await asker.ask(f"{{ insights({arguments}) {{ {fields} }} }}"))["insights"]


def asked_whole(type_: Any, beside: str, generations: int = GENERATIONS) -> Iterator[str]:
    """Yield what asks for all of a plain type: of each subject beside a key, what `beside` asks."""
    for name, field in type_.fields.items():
        below = get_named_type(field.type)
        if SOURCE in field.extensions:
            if beside:
                yield f"{name} {{ {beside} }}"
        elif not isinstance(below, GraphQLObjectType):
            yield name
        elif below is not type_ or generations:
            left = generations - (below is type_)
            yield f"{name} {{ {' '.join(asked_whole(below, beside, left))} }}"


def figures_whole(beside: str) -> str:
    """Return what asks for every figure with all of its fields."""
    fields = Schema().graph.type_map["Insights"].fields  # type: ignore[attr-defined]  # it is an object
    return " ".join(
        f"{name}{GIVEN.get(name, '')} {{ {' '.join(asked_whole(get_named_type(fields[name].type), beside))} }}"
        for name in ORDER
    )


def keys_with_subjects(part: Any, type_: Any) -> Iterator[tuple[str | None, Any]]:
    """Yield the streams and subjects of each key in an answer, as the log has them."""
    for field, value in part.items():
        beside = next(filter(part.__contains__, names_beside(field)), None)
        if beside is not None:
            kind = KIND_OF.get(get_named_type(type_.fields[beside].type).name)
            keys = value if isinstance(value, list) else [value]
            streams = [f"{kind}/{key}" if kind and key is not None else key for key in keys]
            subjects = part[beside] if isinstance(value, list) else [part[beside]]
            yield from zip(streams, subjects, strict=True)
        elif isinstance(value, list) and field in type_.fields:
            below = get_named_type(type_.fields[field].type)
            for row in value:
                if PLAIN in below.extensions:
                    yield from keys_with_subjects(row, below)


def names_beside(field: str) -> tuple[str, str]:
    return f"{field}Subject", f"{field.removesuffix('s')}Subjects"


def without_subjects(value: Any) -> Any:
    if isinstance(value, list):
        return [without_subjects(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: without_subjects(part)
        for name, part in value.items()
        if not name.endswith(("Subject", "Subjects"))
    }


@pytest.mark.parametrize("viewer", VIEWERS, ids=lambda one: one.id)
async def test_g01_every_key_has_its_subject_beside_it_for_every_viewer(
    asker: Asker, viewer: Principal
) -> None:
    asker.viewer = viewer
    whole = await insights(asker, figures_whole("__typename stream"))
    fields = Schema().graph.type_map["Insights"].fields  # type: ignore[attr-defined]  # it is an object
    found = 0
    for name, answer in whole.items():
        type_ = get_named_type(fields[name].type)
        for stream, subject in keys_with_subjects(answer or {}, type_):
            # Nobody is given a figure with the key of what they may not see.
            assert (subject and subject["stream"]) == stream, name
            found += 1
    assert found > 50
    # Read field by field or handed over as they are, the figures are the same.
    assert without_subjects(whole) == await insights(asker, figures_whole(""))


async def test_g01_a_subject_beside_a_key_has_the_fields_that_it_has_everywhere(
    asker: Asker,
) -> None:
    of_failure = """
      actual degree organisation { name } learnings(first: 1) { totalCount nodes { statement } }
    """
    data = await asker.ask(f"""
      {{
        insights(at: "{AT}") {{ avoidableRepeats {{
          list {{ failure failureSubject {{ ...F }} earlier earlierSubject {{ ...F }} }}
          items itemSubjects {{ id stream ... on Failure {{ ...F }} }}
        }} }}
        failure(key: "library-cards-desk") {{ ...F }}
        earlier: failure(key: "mill-coats-on") {{ ...F }}
      }}
      fragment F on Failure {{ {of_failure} }}
    """)
    figure = data["insights"]["avoidableRepeats"]
    [row] = figure["list"]
    assert row["failure"] == "library-cards-desk"
    assert row["failureSubject"] == data["failure"]
    assert row["earlierSubject"] == data["earlier"]
    assert data["failure"]["organisation"]["name"]
    places = dict(zip(figure["items"], figure["itemSubjects"], strict=True))
    assert places["failure/library-cards-desk"]["actual"] == data["failure"]["actual"]


async def test_g01_each_place_of_a_query_takes_one_statement_however_many_rows_there_are(
    asker: Asker,
) -> None:
    asked = """
      contestedLearnings { n
        list { learningSubject { statement organisation { name } } }
        itemSubjects { stream }
      }
    """
    few = f'at: "{AT}", filter: {{organisations: ["mill-museum"]}}'
    counts = {}
    for arguments in (few, f'at: "{AT}"'):
        with counting(asker) as statements:
            found = await insights(asker, asked, arguments)
        read = [text for text in statements if text != "log"]
        counts[found["contestedLearnings"]["n"]] = len(read)
    assert len(counts) == 2
    # Learnings of the list, their organisations, and subjects of the items.
    assert set(counts.values()) == {3}


async def test_a_subject_whose_creation_was_voided_is_null_beside_its_key(asker: Asker) -> None:
    asked = {
        "specversion": "1.0",
        "id": "paint",
        "source": "urn:test",
        "type": "org.howcanwe.help.asked.v1",
        "time": "2025-02-01T00:00:00Z",
        "data": {"ask": "paint", "organisation": "mill-museum", "text": "Who has paint?"},
    }
    [receipt] = await asker.log.append([asked])
    void = {
        **asked,
        "id": "no-paint",
        "type": "org.howcanwe.event.voided.v1",
        "data": {"event": receipt.position, "reason": "We found some."},
    }
    asker.catches_up = True
    fields = "openAsks { list { ask askSubject { text } } items itemSubjects { stream } }"
    before = f'at: "{AT}", asOf: {receipt.position}'
    there = (await insights(asker, fields, before))["openAsks"]
    assert {"ask": "paint", "askSubject": {"text": "Who has paint?"}} in there["list"]
    await asker.log.append([void])
    gone = (await insights(asker, fields, before))["openAsks"]
    assert gone["items"] == there["items"]
    assert gone["itemSubjects"] == [*there["itemSubjects"][:-1], None]
    assert {"ask": "paint", "askSubject": None} in gone["list"]


async def test_the_same_name_may_stand_for_other_subjects_in_another_place(asker: Asker) -> None:
    found = await insights(
        asker,
        """avoidableRepeats {
          one: list { failure it: failureSubject { key } }
          two: list { earlier it: earlierSubject { key } }
          three: list { it: learning }
        }""",
    )
    figure = found["avoidableRepeats"]
    assert figure == {
        "one": [{"failure": "library-cards-desk", "it": {"key": "library-cards-desk"}}],
        "two": [{"earlier": "mill-coats-on", "it": {"key": "mill-coats-on"}}],
        "three": [{"it": "ask-at-the-object"}],
    }


async def test_an_answer_has_its_fields_in_the_order_in_which_they_are_selected(
    asker: Asker,
) -> None:
    selected = "list { learning __typename failure } share items __typename n"
    figure = (await insights(asker, f"avoidableRepeats {{ {selected} }}"))["avoidableRepeats"]
    assert list(figure) == ["list", "share", "items", "__typename", "n"]
    assert list(figure["list"][0]) == ["learning", "__typename", "failure"]


async def test_g02_figures_take_and_give_the_terms_of_the_graph(asker: Asker) -> None:
    query = """
    query ($mode: Mode, $level: ParticipationLevel) {
      insights(at: "2025-03-01T00:00:00Z") {
        all: triedBefore(mode: TELL_STORIES) { n }
        some: triedBefore(mode: $mode, level: $level) { n }
        none: triedBefore(mode: CROWDFUND_INNOVATION) { n }
        resultsByDecision { counts { result decision count } }
        failureMix { counts { failureType facet degree } }
        reach { byMode { mode count } byLevel { level } }
        inspirationYield { list { kind } }
      }
    }
    """
    found = (await asker.ask(query, mode="TELL_STORIES", level="INVOLVE"))["insights"]
    assert found["all"]["n"] > found["some"]["n"] >= found["none"]["n"] == 0
    graph = Schema().graph.type_map

    def terms(name: str) -> set[str]:
        return set(graph[name].values)  # type: ignore[attr-defined]  # it is an enumeration

    assert {row["result"] for row in found["resultsByDecision"]["counts"]} <= terms("Result")
    assert {row["decision"] for row in found["resultsByDecision"]["counts"]} <= terms("Decision")
    facets = {row["facet"] for row in found["failureMix"]["counts"]}
    assert facets - {None} <= terms("Facet")
    assert {row["mode"] for row in found["reach"]["byMode"]} - {None} <= terms("Mode")
    assert {row["kind"] for row in found["inspirationYield"]["list"]} == terms("InspirationKind")


@pytest.mark.parametrize("asked", ['(mode: "tell_stories")', "(mode: DANCE)", '(level: "INFORM")'])
async def test_g02_terms_that_there_are_not_are_refused_before_anything_is_computed(
    asker: Asker, asked: str
) -> None:
    refusal = await asker.refused(f"{{ insights {{ triedBefore{asked} {{ n }} }} }}")
    assert refusal["code"] == "query.invalid"


def test_each_text_in_a_figure_is_a_key_a_term_or_a_text() -> None:
    texts = {
        f"{type_.name}.{name}"
        for type_ in Schema().graph.type_map.values()
        if isinstance(type_, GraphQLObjectType) and PLAIN in type_.extensions
        for name, field in type_.fields.items()
        if get_named_type(field.type).name == "String"
        and not {f"{name}Subject", f"{name.removesuffix('s')}Subjects"} & type_.fields.keys()
    }
    assert texts == {
        # Events, or pairs: they are no subjects.
        "Diffusion.items",
        "PairingLift.items",
        "Reach.items",
        # In people's own words, or the figure's.
        "CurrencyCost.currency",
        "Pathway.sequence",
        "PairingSuggestion.themes",
        "QuestionFamily.framings",
        "RecurringTheme.theme",
    }


async def test_f10_a_figure_that_fails_leaves_the_others_and_the_page_as_they_are(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **arguments: Any) -> None:
        raise RuntimeError("the cellar is flooded")

    monkeypatch.setitem(FIGURES, "leavers", replace(FIGURES["leavers"], compute=broken))
    query = """{
      organisation(key: "mill-museum") { name }
      insights { leavers { n } funnel { questions } }
    }"""
    answer = (await asker.post(query)).json()
    assert answer["data"]["organisation"]["name"]
    assert answer["data"]["insights"]["leavers"] is None
    assert answer["data"]["insights"]["funnel"]["questions"] > 0
    [error] = answer["errors"]
    assert error["path"] == ["insights", "leavers"]


async def test_f10_figures_that_cannot_be_given_leave_the_page_as_it_is(asker: Asker) -> None:
    query = """{
      organisation(key: "mill-museum") { name }
      insights(asOf: 9999) { funnel { questions } }
    }"""
    answer = (await asker.post(query)).json()
    assert answer["data"]["insights"] is None
    assert answer["data"]["organisation"]["name"]
    assert [error["path"] for error in answer["errors"]] == [["insights"]]


async def test_a_span_that_ends_before_it_begins_is_no_empty_one(asker: Asker) -> None:
    filter = {"from": "2025-02-01T00:00:00Z", "to": "2025-01-01T00:00:00+01:00"}
    query = "query($filter: InsightsFilter) { insights(filter: $filter) { funnel { questions } } }"
    refused = await asker.refused(query, filter=filter)
    assert refused == {"code": "argument.out_of_order", "argument": "filter.to"}


def test_f10_every_figure_may_be_null() -> None:
    graph = Schema().graph
    fields = graph.type_map["Insights"].fields  # type: ignore[attr-defined]  # it is an object
    assert [name for name in ORDER if str(fields[name].type).endswith("!")] == []
    assert graph.query_type is not None
    assert str(graph.query_type.fields["insights"].type) == "Insights"


async def test_f09_an_error_of_a_subject_beside_a_key_is_reported_at_its_field(
    asker: Asker,
) -> None:
    query = f"""{{ insights(at: "{AT}") {{ avoidableRepeats {{ n list {{
      failure failureSubject {{ actual learnings(first: 0) {{ totalCount }} }} earlierSubject {{ key }}
    }} }} }} }}"""
    answer = (await asker.post(query)).json()
    assert "data" in answer, answer
    assert answer["data"]["insights"]["avoidableRepeats"] == {
        "n": 13,
        "list": [
            {
                "failure": "library-cards-desk",
                "failureSubject": None,
                "earlierSubject": {"key": "mill-coats-on"},
            }
        ],
    }
    [error] = answer["errors"]
    path = ["insights", "avoidableRepeats", "list", 0, "failureSubject", "learnings"]
    assert error["path"] == path
    assert error["extensions"] == {"code": "argument.out_of_range", "argument": "first"}
