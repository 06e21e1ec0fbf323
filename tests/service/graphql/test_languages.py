"""The languages of cohorts, questions and publications, and what the graph says about them."""

from collections.abc import AsyncIterator

import pytest

from events.log import EventLog
from projections.updating.runner import Runner
from tests.events.record import Record
from tests.events.samples import formed, framed, joined, reframed, registered, released, voided
from tests.service.graphql.client import Asker

WORDINGS = """{ question(key: "team") { text language cohort { language }
  framings(first: 9) { nodes { text language } } } }"""
AS_OF = """query($position: Position!) { organisation(key: "mill") { journey(asOf: {position: $position}) {
  questions(first: 9) { nodes { key text language framings(first: 9) { nodes { language } } } } } } }"""


@pytest.fixture
async def record(log: EventLog) -> Record:
    """A record with a German cohort, and in it a question that goes from German to Welsh."""
    record = Record(log)
    await record.add(
        formed("zweite", text="Wie können wir bleiben?", language="de-AT"),
        registered("mill"),
        joined("mill", "zweite"),
        framed("team", cohort="zweite", text="Wie können wir wachsen?"),
        framed("own", text="Hoe kunnen we groeien?", language="NL"),
        released(cohort="zweite", organisation="mill", language="cy"),
    )
    return record


@pytest.fixture
async def asker(log: EventLog) -> AsyncIterator[Asker]:
    """A GraphQL client, as facilitator of everything."""
    async with Runner(log) as runner:
        asker = Asker(log, runner)
        async with asker.http:
            yield asker


async def test_languages_are_as_they_were_given(record: Record, asker: Asker) -> None:
    found = await asker.ask(
        """{ cohort(key: "zweite") { language sharedQuestion { language } }
          questions(first: 9) { nodes { key language } } publication(key: "report") { language } }"""
    )
    assert found == {
        "cohort": {"language": "de-AT", "sharedQuestion": {"language": "de-AT"}},
        "questions": {
            "nodes": [
                {"key": "zweite-question", "language": "de-AT"},
                {"key": "team", "language": None},
                {"key": "own", "language": "NL"},
            ]
        },
        "publication": {"language": "cy"},
    }


async def test_a_question_has_the_language_of_its_present_wording(
    record: Record, asker: Asker
) -> None:
    into_welsh = await record.add_one(reframed("team", text="Sut gallwn ni dyfu?", language="cy"))
    again = await record.add_one(reframed("team", text="Sut allwn ni dyfu?"))
    found = (await asker.ask(WORDINGS))["question"]
    assert (found["text"], found["language"]) == ("Sut allwn ni dyfu?", "cy")
    assert found["cohort"] == {"language": "de-AT"}
    assert [node["language"] for node in found["framings"]["nodes"]] == [None, "cy", None]
    await record.add(voided(again.position))
    found = (await asker.ask(WORDINGS))["question"]
    assert (found["text"], found["language"]) == ("Sut gallwn ni dyfu?", "cy")
    await record.add(voided(into_welsh.position))
    found = (await asker.ask(WORDINGS))["question"]
    assert (found["text"], found["language"]) == ("Wie können wir wachsen?", None)


async def test_a_journey_as_of_then_has_the_language_of_then(record: Record, asker: Asker) -> None:
    before = await record.log.head()
    await record.add(reframed("team", text="Sut gallwn ni dyfu?", language="cy"))
    after = await record.log.head()
    for position, language in ((before, None), (after, "cy")):
        data = await asker.ask(AS_OF, position=position)
        nodes = data["organisation"]["journey"]["questions"]["nodes"]
        languages = {node["key"]: node["language"] for node in nodes}
        assert languages == {"team": language, "own": "NL"}


async def test_the_entry_of_an_event_has_the_language_that_was_sent(
    record: Record, asker: Asker
) -> None:
    query = """{ cohort(key: "zweite") { timeline(first: 9) { nodes {
      ... on CohortFormed { language } ... on QuestionFramed { language }
      ... on PublicationReleased { language } } } } }"""
    found = (await asker.ask(query))["cohort"]["timeline"]["nodes"]
    assert [node["language"] for node in found if node] == ["de-AT", None, "cy"]


async def test_similar_questions_are_found_in_the_language_of_the_text(
    record: Record, asker: Asker
) -> None:
    query = """query($text: String, $language: String) { insights {
      similarQuestions(text: $text, language: $language) { list { question score } } } }"""

    async def same(text: str, language: str | None) -> list[str]:
        data = await asker.ask(query, text=text, language=language)
        rows = data["insights"]["similarQuestions"]["list"]
        return [row["question"] for row in rows if row["score"] == 1]

    assert await same("Wie können wir wachsen?", "DE") == ["team"]
    assert await same("Wie können wir wachsen?", None) == []
    assert await same("wachsen", None) == ["team"]
    refused = await asker.refused(query, text="wachsen", language="de_AT")
    assert (refused["code"], refused["argument"]) == ("argument.malformed", "language")
