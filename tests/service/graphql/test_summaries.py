"""The summary of an entry, for viewers who see the subjects it names and for those who do not."""

from collections.abc import AsyncIterator, Mapping
from itertools import count
from typing import Any

import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.json_schemas import json_schema
from projections.models.titles import LINE_MAX, line
from projections.updating.runner import Runner
from service.graphql.fields.field import Misdeclared
from service.graphql.types.entries.sentence import Sentence, quoted
from service.graphql.types.entries.sentences import SENTENCES
from tests.events import samples as sample
from tests.events.samples import at, begun
from tests.service.graphql.client import Asker

MILL = Principal("key-mill", Role.ORGANISATION, organisation="mill")
ARCHIVE = Principal("key-archive", Role.ORGANISATION, organisation="archive")
ANALYST = Principal("key-analyst", Role.ANALYST)

STORY: tuple[tuple[dict[str, Any], str], ...] = (
    (
        sample.assessed(),
        "Mill assessed its mindset as “consumer”, at the level of participation “consult”.",
    ),
    (sample.paired(), "Mill and Archive were paired in the cohort “Heritage”."),
    (sample.met(), "Mill reported a meeting of the pairing of Mill and Archive."),
    (sample.framed(), "Mill framed the question “How can we label with our neighbours?”."),
    (
        sample.shared(by="archive"),
        "Archive shared the inspiration “A visit” with the cohort “Heritage”.",
    ),
    (sample.shared("other"), "The inspiration “A visit” was shared with the cohort “Heritage”."),
    (
        sample.planned(),
        "Mill planned the iteration “A wall of labels” for the question “How can we label with everyone?”.",
    ),
    (
        sample.revised(),
        "The plan of the iteration “A wall of labels” of Mill was revised, with the action “Put up two walls”:"
        " “One is not enough”.",
    ),
    (
        sample.used(iteration="trial"),
        "Mill used the inspiration “A visit” of Archive in the iteration “A wall of labels”.",
    ),
    (sample.started(), "The iteration “A wall of labels” of Mill was started."),
    (
        sample.observed(),
        "An observation was recorded in the iteration “A wall of labels” of Mill: “Twelve labels”.",
    ),
    (
        sample.took_part(),
        "12 people took part in the iteration “A wall of labels” of Mill at the level “involve”.",
    ),
    (
        sample.took_part(people=1),
        "1 person took part in the iteration “A wall of labels” of Mill at the level “involve”.",
    ),
    (
        sample.concluded(result="did_not_finish"),
        "The iteration “A wall of labels” of Mill was concluded with the result “did not finish” and the decision"
        " “persevere”: “It went well enough”.",
    ),
    (
        sample.failed(iteration="trial"),
        "Mill recorded a failure of the iteration “A wall of labels”: “An empty wall”.",
    ),
    (sample.failed("second"), "Mill recorded a failure: “An empty wall”."),
    (
        sample.reclassified(),
        "The failure “An empty wall” of Mill was reclassified, with the degree “precarious failure”:"
        " “We see it differently now”.",
    ),
    (sample.captured(), "Mill captured the learning “Ask before you build”."),
    (
        sample.learning_revised(),
        "The learning “Ask before you build” of Mill was revised to “Ask, then build” for the reason “Clearer”.",
    ),
    (sample.challenged(), "Archive challenged the learning “Ask, then build” of Mill: “Not here”."),
    (
        sample.adopted(adaptation="With paint."),
        "Archive adopted the learning “Ask, then build” of Mill: “With paint”.",
    ),
    (
        sample.reviewed(iteration="trial"),
        "Mill held a review of the iteration “A wall of labels”: “Half a wall”.",
    ),
    (sample.asked(), "Mill asked for help: “Who has a ladder?”."),
    (
        sample.helped(),
        "Archive answered the request for help “Who has a ladder?” of Mill: “Here is one”.",
    ),
    (sample.harvested(), "Mill harvested the outcome “They write labels now”."),
    (
        sample.substantiated(),
        "Archive assessed the outcome “They write labels now” of Mill with the agreement “full”.",
    ),
    (
        sample.reframed(),
        "The question “How can we label with our neighbours?” of Mill was reframed as “How can we label with everyone?”"
        " for the reason “We learned”.",
    ),
    (
        sample.question_closed(),
        "The question “How can we label with everyone?” of Mill was closed as “answered”.",
    ),
    (
        sample.noted("iteration/trial"),
        "A note about the iteration “A wall of labels” of Mill was added: “Worth knowing”.",
    ),
    (
        sample.noted("organisation/mill", organisation="mill"),
        "Mill added a note about Mill: “Worth knowing”.",
    ),
    (
        sample.cohort_revised(),
        "The cohort “Heritage” was revised, with 12 months planned: “It continues”.",
    ),
    (
        sample.held(attended=["mill", "archive"], summary="We drew maps."),
        "The session “A morning” (“workshop”) was held in the cohort “Heritage” with Mill and Archive:"
        " “We drew maps”.",
    ),
    (
        sample.committed(session="session", due_on="2024-05-01"),
        "Mill made a commitment in the session “A morning”, due on 2024-05-01: “We ask ten neighbours”.",
    ),
    (
        sample.settled(note="Twelve came."),
        "The commitment “We ask ten neighbours” of Mill was settled as “kept”: “Twelve came”.",
    ),
    (
        sample.renamed("library", reason="They asked for it."),
        "Library was renamed to The Mill: “They asked for it”.",
    ),
    (sample.introduced(), "Mill introduced a person."),
    (sample.noted("person/grace"), "A note about a person was added: “Worth knowing”."),
    (sample.forgotten(), "The name and e-mail address of a person were erased."),
    (sample.released(), "Mill published the report “What we tried”."),
    (
        sample.released("guide", organisation=None, cohort="heritage", kind="field_guide"),
        "The cohort “Heritage” published the field guide “What we tried”.",
    ),
    (
        sample.withdrawn(),
        "The publication “What we tried” of Mill was withdrawn: “A wrong number”.",
    ),
    (
        sample.shown("learning/learning", "public"),
        "The visibility of the learning “Ask, then build” of Mill was changed to “public”.",
    ),
    (sample.pairing_ended(reason="Done."), "The pairing of Mill and Archive was ended: “Done”."),
    (sample.left("archive"), "Archive left the cohort “Heritage” for the reason “capacity”."),
    (sample.closed(summary="We part."), "The cohort “Heritage” was closed: “We part”."),
    (
        sample.checked_in(),
        "Mill checked in 6 months after the close of the cohort “Heritage” with the status “growing”.",
    ),
)
UNNAMED = {
    "mindset.assessed": "An organisation assessed its mindset as “consumer”, at the level of participation “consult”.",
    "organisations.paired": "Organisations were paired in a cohort.",
    "pairing.met": "An organisation reported a meeting of a pairing.",
    "question.framed": "An organisation framed the question “How can we label with our neighbours?”.",
    "inspiration.shared": "The inspiration “A visit” was shared with a cohort.",
    "iteration.planned": "An organisation planned the iteration “A wall of labels” for a question.",
    "iteration.revised": "The plan of an iteration was revised, with the action “Put up two walls”:"
    " “One is not enough”.",
    "inspiration.used": "An organisation used an inspiration.",
    "iteration.started": "An iteration was started.",
    "observation.recorded": "An observation was recorded in an iteration: “Twelve labels”.",
    "participation.recorded": "12 people took part in an iteration at the level “involve”.",
    "iteration.concluded": "An iteration was concluded with the result “did not finish” and the decision “persevere”:"
    " “It went well enough”.",
    "failure.recorded": "An organisation recorded a failure: “An empty wall”.",
    "failure.reclassified": "A failure was reclassified, with the degree “precarious failure”:"
    " “We see it differently now”.",
    "learning.captured": "An organisation captured the learning “Ask before you build”.",
    "learning.revised": "A learning was revised to “Ask, then build” for the reason “Clearer”.",
    "learning.challenged": "An organisation challenged a learning: “Not here”.",
    "learning.adopted": "An organisation adopted a learning: “With paint”.",
    "review.held": "An organisation held a review: “Half a wall”.",
    "help.asked": "An organisation asked for help: “Who has a ladder?”.",
    "help.given": "An organisation answered a request for help: “Here is one”.",
    "outcome.harvested": "An organisation harvested the outcome “They write labels now”.",
    "outcome.substantiated": "An organisation assessed an outcome with the agreement “full”.",
    "question.reframed": "A question was reframed as “How can we label with everyone?” for the reason “We learned”.",
    "question.closed": "A question was closed as “answered”.",
    "note.added": "A note about an iteration was added: “Worth knowing”.",
    "cohort.revised": "A cohort was revised, with 12 months planned: “It continues”.",
    "session.held": "The session “A morning” (“workshop”) was held in a cohort with organisations: “We drew maps”.",
    "commitment.made": "An organisation made a commitment, due on 2024-05-01: “We ask ten neighbours”.",
    "commitment.settled": "A commitment was settled as “kept”: “Twelve came”.",
    "organisation.renamed": "An organisation was renamed to The Mill: “They asked for it”.",
    "person.introduced": "An organisation introduced a person.",
    "person.forgotten": "The name and e-mail address of a person were erased.",
    "publication.released": "The report “What we tried” was published.",
    "publication.withdrawn": "A publication was withdrawn: “A wrong number”.",
    "visibility.changed": "The visibility of a learning was changed to “public”.",
    "pairing.ended": "A pairing was ended: “Done”.",
    "organisation.left": "An organisation left a cohort for the reason “capacity”.",
    "cohort.closed": "A cohort was closed: “We part”.",
    "journey.checked_in": "An organisation checked in 6 months after the close of a cohort with the status “growing”.",
    "cohort.formed": "The cohort “Heritage” was formed around the question “How can we open our doors?”.",
    "organisation.registered": "Mill was registered.",
    "organisation.joined": "An organisation joined a cohort.",
    "event.voided": "The event at position 7 was voided: “A slip of the pen”.",
    "event.corrected": "The event at position 7 was corrected.",
}
"""The sentence for a viewer who sees nothing of what the event names."""
BEGUN = {
    "cohort.formed": "The cohort “Heritage” was formed around the question “How can we open our doors?”.",
    "organisation.registered": "Mill was registered.",
    "organisation.joined": "Mill joined the cohort “Heritage”.",
}
VOIDED = "The event at position 7 was voided: “A slip of the pen”."


class Summaries:
    """Asks for the summaries of all entries that a viewer sees, by position."""

    def __init__(self, log: EventLog, runner: Runner) -> None:
        self.log = log
        self.asker = Asker(log, runner)
        self._ids = count(1)

    async def record(self, *events: Mapping[str, Any]) -> int:
        """Record the events, an hour apart; return the position of the last."""
        for event in events:
            number = next(self._ids)
            complete = {"source": "urn:test", "id": str(number), "time": at(10 + number), **event}
            await self.log.append([complete])
        return await self.log.head()

    async def seen_by(self, viewer: Principal) -> dict[int, str]:
        """Return the summaries of the entries in the timelines of the cohort and its organisations."""
        self.asker.viewer = viewer
        timeline = "timeline(first: 100) { nodes { position summary } }"
        organisations = f'{{ organisations {{ nodes {{ {timeline} }} }} cohort(key: "heritage") {{ {timeline} }} }}'
        data = await self.asker.ask(organisations)
        subjects = [*data["organisations"]["nodes"], data["cohort"] or {}]
        return {
            node["position"]: node["summary"]
            for subject in subjects
            for node in subject.get("timeline", {"nodes": []})["nodes"]
        }


@pytest.fixture
async def summaries(log: EventLog) -> AsyncIterator[Summaries]:
    """Mill and Archive in the cohort Heritage; nothing else happened yet."""
    async with Runner(log) as runner:
        summaries = Summaries(log, runner)
        await summaries.record(*begun())
        async with summaries.asker.http:
            yield summaries


def name_of(event: Mapping[str, Any]) -> str:
    return str(event["type"]).removeprefix("org.howcanwe.").rpartition(".v")[0]


async def test_g03_every_type_of_event_is_summed_up_in_a_sentence(summaries: Summaries) -> None:
    expected = {await summaries.record(event): sentence for event, sentence in STORY}
    expected[await summaries.record(sample.voided(7))] = VOIDED
    corrected = sample.corrected(2, "A guess.", purpose="To mill.")
    expected[await summaries.record(corrected)] = (
        "The event at position 2 was corrected: “A guess”."
    )
    found = await summaries.seen_by(RECORD)
    assert {position: found.get(position) for position in expected} == expected
    assert [found[position] for position in (1, 2, 5)] == list(BEGUN.values())
    types = {
        *map(name_of, (event for event, _ in STORY)),
        *BEGUN,
        "event.voided",
        "event.corrected",
    }
    assert types == {kind.name for kind in VOCABULARY.kinds}


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
def test_g03_every_sentence_can_be_said_to_who_sees_nothing_that_is_named(kind: EventKind) -> None:
    amended = (sample.voided(7), sample.corrected(7, text="A."))
    events = [*(event for event, _ in STORY), *begun(), *amended]
    data = next(event["data"] for event in events if name_of(event) == kind.name)
    row = {f"data.{field}": data.get(field) for field in json_schema(kind)["properties"]}
    assert SENTENCES[kind.name].text(row, {}) == UNNAMED[kind.name]


async def test_a_revision_of_a_cohort_says_what_it_changed(summaries: Summaries) -> None:
    def revised(**data: Any) -> dict[str, Any]:
        return sample.cohort_revised(planned_months=None, **data)

    expected = {
        await summaries.record(
            event
        ): f"The cohort “Third” was revised, with {change}: “It continues”."
        for event, change in (
            (revised(title="Second."), "the title “Second” instead of “Heritage”"),
            (
                revised(title="Third", facilitator="Grace", starts_on="2024-04-01"),
                "the title “Third” instead of “Second”, another facilitator and 2024-04-01 as the first day",
            ),
            (revised(hosts=["library"]), "Library hosting it"),
            (revised(hosts=[]), "no organisation hosting it"),
        )
    }
    found = await summaries.seen_by(MILL)
    assert {position: found[position] for position in expected} == expected


async def test_a_former_title_is_as_it_reads_now_and_not_that_of_a_voided_event(
    summaries: Summaries,
) -> None:
    first = await summaries.record(sample.renamed(name="The Mil"))
    second = await summaries.record(sample.renamed(name="Mill and Weir"))
    assert (await summaries.seen_by(ARCHIVE))[second] == "The Mil was renamed to Mill and Weir."
    correction = await summaries.record(sample.corrected(first, name="The Mill"))
    found = await summaries.seen_by(ARCHIVE)
    assert found[first] == "Mill was renamed to The Mill."
    assert found[second] == "The Mill was renamed to Mill and Weir."
    await summaries.record(sample.voided(correction))
    await summaries.record(sample.voided(second), sample.voided(first))
    third = await summaries.record(sample.renamed(name="Weir"))
    found = await summaries.seen_by(ARCHIVE)
    assert found[third] == "Mill was renamed to Weir."


async def test_the_compiled_plan_and_the_executor_make_the_same_summaries(
    summaries: Summaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_plan(*args: Any) -> None:
        return None

    await summaries.record(*(event for event, _ in STORY))
    for viewer in (RECORD, MILL, ARCHIVE, ANALYST, PUBLIC):
        compiled = await summaries.seen_by(viewer)
        with monkeypatch.context() as without:
            without.setattr(summaries.asker.schema.documents, "plan", no_plan)
            assert await summaries.seen_by(viewer) == compiled


async def test_g03_what_is_hidden_is_not_named(summaries: Summaries) -> None:
    heritage = {"cohort": "heritage"}
    await summaries.record(
        sample.captured(**heritage),
        sample.asked(**heritage),
        sample.harvested(**heritage),
        sample.shared(),
    )
    events = (
        (sample.adopted(), "Archive adopted a learning."),
        (sample.challenged(), "Archive challenged a learning: “Not here”."),
        (sample.helped(), "Archive answered a request for help: “Here is one”."),
        (sample.substantiated(), "Archive assessed an outcome with the agreement “full”."),
        (sample.used(organisation="archive"), "Archive used an inspiration."),
    )
    hidden = {await summaries.record(event): sentence for event, sentence in events}

    async def summaries_for(viewer: Principal) -> dict[int, str]:
        found = await summaries.seen_by(viewer)
        return {position: found[position] for position in hidden if position in found}

    named = await summaries_for(RECORD)
    assert not set(named.values()) & set(hidden.values())
    for viewer in (MILL, ARCHIVE, ANALYST):
        assert await summaries_for(viewer) == named
    for stream in ("learning/learning", "ask/ask", "outcome/outcome", "inspiration/inspiration"):
        await summaries.record(sample.shown(stream, "private"))
    assert await summaries_for(RECORD) == named
    assert await summaries_for(ARCHIVE) == hidden
    assert await summaries_for(ANALYST) == {}


async def test_g03_an_optional_reference_that_is_hidden_is_as_if_it_were_not_there(
    summaries: Summaries,
) -> None:
    heritage = {"cohort": "heritage"}
    await summaries.record(sample.framed(**heritage), sample.planned(visibility="private"))
    position = await summaries.record(sample.failed(iteration="trial", **heritage))
    assert (await summaries.seen_by(MILL))[position] == (
        "Mill recorded a failure of the iteration “A wall of labels”: “An empty wall”."
    )
    found = await summaries.seen_by(ARCHIVE)
    assert found[position] == "Mill recorded a failure: “An empty wall”."


async def test_g03_an_organisation_that_is_hidden_is_an_organisation(summaries: Summaries) -> None:
    position = await summaries.record(sample.released(cohort="heritage"))
    await summaries.record(sample.shown("cohort/heritage", "public"))
    found = await summaries.seen_by(PUBLIC)
    assert found[position] == "The cohort “Heritage” published the report “What we tried”."
    await summaries.record(sample.captured(cohort="heritage", visibility="public"))
    revised = await summaries.record(sample.learning_revised())
    assert (await summaries.seen_by(PUBLIC))[revised] == (
        "The learning “Ask before you build” was revised to “Ask, then build” for the reason “Clearer”."
    )
    paired_at = await summaries.record(sample.paired(visibility="public"))
    assert (await summaries.seen_by(PUBLIC))[paired_at] == (
        "Organisations were paired in the cohort “Heritage”."
    )


async def test_g03_an_entry_never_names_the_new_subject_of_a_reused_key(
    summaries: Summaries,
) -> None:
    created = await summaries.record(sample.captured())
    adoption = await summaries.record(sample.adopted())
    await summaries.record(
        sample.voided(adoption), sample.voided(created), sample.captured(statement="Another thing.")
    )
    found = await summaries.seen_by(RECORD)
    assert found[adoption] == "Archive adopted a learning."
    assert found[created] == "Mill captured the learning “Ask before you build”."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Ask\n\tfirst.  ", "Ask first"),
        ("Wait...", "Wait..."),
        ("x" * LINE_MAX, "x" * LINE_MAX),
        ("x" * (LINE_MAX + 1), "x" * (LINE_MAX - 1) + "…"),
        ("word " * 40, "word " * 31 + "word…"),
        ("x" * 120 + " " + "y" * 38 + " z", "x" * 120 + " " + "y" * 38 + "…"),
        ("x " + "y" * LINE_MAX, "x " + "y" * (LINE_MAX - 3) + "…"),
    ],
)
def test_somebodys_words_stay_on_one_line_and_are_cut_after_a_word(
    text: str, expected: str
) -> None:
    assert line(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They thought “perhaps”", "“They thought \u2018perhaps\u2019”"),
        ('A gap, "we think", "perhaps"', "“A gap, \u2018we think\u2019, \u2018perhaps\u2019”"),
        ('A pane of 6" by 4"', '“A pane of 6" by 4"”'),
        ('Cut off at "we', '“Cut off at "we”'),
    ],
)
def test_a_quotation_within_somebodys_words_has_single_marks(text: str, expected: str) -> None:
    assert quoted(text) == expected


@pytest.mark.parametrize(
    ("name", "template"),
    [
        ("learning.adopted", "{nobody} adopted."),
        ("learning.adopted", "{organisation} adopted {learning} in {iteration}."),
        ("learning.captured", "{learning} was captured."),
        ("person.introduced", "{name} was introduced."),
        ("learning.captured", "{themes} were found."),
    ],
)
def test_a_sentence_that_cannot_be_formed_is_refused_at_import(name: str, template: str) -> None:
    with pytest.raises(Misdeclared):
        Sentence.read(VOCABULARY.named(name), (template,))
