"""The summary of an entry, for viewers who see the subjects it names and for those who do not."""

from collections.abc import Mapping
from typing import Any

import pytest

from events.access.principal import PUBLIC, RECORD, Principal
from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.json_schemas import json_schema
from projections.models.titles import LINE_MAX, line
from service.graphql.fields.field import Misdeclared
from service.graphql.types.entries.sentence import Sentence, quoted
from service.graphql.types.entries.sentences import SENTENCES
from tests.events import samples as sample
from tests.events.samples import begun
from tests.service.graphql.summaries.story import BEGUN, STORY, UNNAMED, VOIDED
from tests.service.graphql.summaries.summaries import ANALYST, ARCHIVE, MILL, Summaries


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
