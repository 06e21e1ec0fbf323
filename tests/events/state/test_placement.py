"""The streams that an event is in, and its versions there."""

import pytest

from events.access.principal import Principal, Role
from events.vocabulary.catalogue import VOCABULARY
from tests.events import samples as sample
from tests.events.record import Record
from tests.events.samples import EventJson

IN = {"cohort": "heritage"}
SETTING: list[EventJson] = [
    sample.paired(),
    sample.framed(**IN),
    sample.framed("theirs", "archive", **IN),
    sample.planned(),
    sample.planned("plan"),
    sample.started(),
    sample.planned("apart", "archive", question="theirs"),
    sample.captured(**IN),
    sample.captured("outside", visibility="public"),
    sample.failed(**IN),
    sample.asked(**IN),
    sample.shared(by="archive"),
    sample.harvested(**IN),
    sample.released(**IN),
    sample.introduced(),
    sample.held(),
    sample.committed(session="session"),
]
OWN = "organisation/mill cohort/heritage"

STREAMS: list[tuple[EventJson, str]] = [
    (
        sample.formed("next", builds_on=["heritage"]),
        "cohort/next question/next-question cohort/heritage",
    ),
    (
        sample.formed("next", hosts=["library"]),
        "cohort/next question/next-question organisation/library",
    ),
    (sample.cohort_revised(hosts=["library"]), "cohort/heritage organisation/library"),
    (sample.closed(), "cohort/heritage"),
    (sample.renamed(), "organisation/mill"),
    (
        sample.held("other", attended=["mill", "library"]),
        "session/other cohort/heritage organisation/mill organisation/library",
    ),
    (sample.noted("session/session"), "session/session cohort/heritage"),
    (
        sample.committed("new", session="session"),
        f"commitment/new {OWN} session/session",
    ),
    (
        sample.committed("new", iteration="trial"),
        f"commitment/new {OWN} iteration/trial question/question",
    ),
    (sample.committed("new"), "commitment/new organisation/mill"),
    (sample.settled(), f"commitment/commitment {OWN}"),
    (sample.registered("park"), "organisation/park"),
    (sample.joined("library"), "organisation/library cohort/heritage"),
    (sample.left("mill"), OWN),
    (
        sample.paired("archive", "mill", pairing="other"),
        "pairing/other cohort/heritage organisation/archive organisation/mill",
    ),
    (
        sample.shared("other", by="mill", questions=["theirs"]),
        f"inspiration/other {OWN} question/theirs",
    ),
    (sample.shared("other"), "inspiration/other cohort/heritage"),
    (sample.pairing_ended(), "pairing/pair organisation/mill organisation/archive cohort/heritage"),
    (sample.met(), "pairing/pair organisation/mill organisation/archive cohort/heritage"),
    (sample.noted("iteration/trial"), f"iteration/trial question/question {OWN}"),
    (
        sample.noted("question/theirs", organisation="mill"),
        "question/theirs organisation/archive organisation/mill cohort/heritage",
    ),
    (sample.noted("person/grace"), "person/grace organisation/mill"),
    (sample.shown("cohort/heritage", "public"), "cohort/heritage"),
    (sample.shown("iteration/trial", "public"), f"iteration/trial question/question {OWN}"),
    (sample.assessed(**IN), OWN),
    (sample.assessed(), "organisation/mill"),
    (
        sample.framed("new", parent="theirs", **IN),
        f"question/new {OWN} question/theirs organisation/archive",
    ),
    (sample.framed("new"), "question/new organisation/mill"),
    (
        sample.reframed(because_of=["learning/outside", "failure/failure"]),
        f"question/question {OWN} learning/outside failure/failure",
    ),
    (sample.question_closed(learnings=["learning"]), f"question/question {OWN} learning/learning"),
    (
        sample.planned("new", inspired_by=["iteration/apart", "inspiration/inspiration"]),
        f"iteration/new {OWN} question/question iteration/apart inspiration/inspiration",
    ),
    (sample.revised("plan"), f"iteration/plan question/question {OWN}"),
    (sample.started("plan"), f"iteration/plan question/question {OWN}"),
    (sample.observed(), f"iteration/trial question/question {OWN}"),
    (sample.took_part(), f"iteration/trial question/question {OWN}"),
    (sample.concluded(), f"iteration/trial question/question {OWN}"),
    (
        sample.failed("new", iteration="trial"),
        f"failure/new {OWN} iteration/trial question/question",
    ),
    (sample.failed("new", question="question"), f"failure/new {OWN} question/question"),
    (sample.reclassified(), f"failure/failure {OWN}"),
    (
        sample.captured("new", from_=["iteration/apart"], **IN),
        f"learning/new {OWN} iteration/apart",
    ),
    (sample.learning_revised(), f"learning/learning {OWN}"),
    (sample.challenged(), f"learning/learning {OWN} organisation/archive"),
    (
        sample.adopted(iteration="apart"),
        f"learning/learning {OWN} organisation/archive iteration/apart question/theirs",
    ),
    (sample.adopted("outside"), "learning/outside organisation/mill organisation/archive"),
    (sample.reviewed(iteration="trial"), f"{OWN} iteration/trial question/question"),
    (sample.asked("new"), "ask/new organisation/mill"),
    (sample.helped(), f"ask/ask {OWN} organisation/archive"),
    (
        sample.used(iteration="trial"),
        f"inspiration/inspiration organisation/archive iteration/trial question/question {OWN}",
    ),
    (sample.harvested("new"), "outcome/new organisation/mill"),
    (sample.substantiated(), f"outcome/outcome {OWN} organisation/archive"),
    (sample.checked_in(), OWN),
    (
        sample.released("new", cites=["learning/outside"]),
        "publication/new organisation/mill learning/outside",
    ),
    (sample.withdrawn(), f"publication/report {OWN}"),
    (sample.introduced("ada"), "person/ada organisation/mill"),
    (sample.forgotten(), "person/grace organisation/mill"),
]


@pytest.mark.parametrize(("event", "streams"), STREAMS, ids=[e["type"] for e, _ in STREAMS])
async def test_an_event_is_in_these_streams_its_first_subject_first(
    story: Record, event: EventJson, streams: str
) -> None:
    await story.add(*SETTING)
    receipt = await story.add_one(event)
    assert set(receipt.streams) == set(streams.split())
    assert next(iter(receipt.streams)) == streams.split()[0]


def test_every_type_is_in_the_table_but_voids_and_corrections() -> None:
    types = {event["type"] for event, _ in STREAMS}
    assert {kind.wire_name for kind in VOCABULARY.kinds} - types == {
        "org.howcanwe.event.voided.v1",
        "org.howcanwe.event.corrected.v1",
    }


async def test_versions_count_one_two_three_in_each_stream(story: Record) -> None:
    receipts = await story.add(
        sample.framed(**IN), sample.planned(), sample.started(), sample.observed()
    )
    assert [receipt.streams["question/question"] for receipt in receipts] == [1, 2, 3, 4]
    assert [receipt.streams.get("iteration/trial") for receipt in receipts] == [None, 1, 2, 3]
    assert [receipt.streams["organisation/mill"] for receipt in receipts] == [3, 4, 5, 6]
    versions = [
        (recorded.streams["iteration/trial"], recorded.position)
        async for recorded in story.log.read(stream="iteration/trial")
    ]
    assert versions == [
        (version, receipt.position) for version, receipt in enumerate(receipts[1:], 1)
    ]
    assert await story.log.stream_version("iteration/trial", story.sender) == 3


async def test_a_stream_is_read_with_its_own_events_only(story: Record) -> None:
    kept = await story.add_one(sample.framed(**IN))
    await story.add(sample.framed("other", "archive"))
    positions = [r.position async for r in story.log.read(stream="question/question")]
    assert positions == [kept.position]


async def test_an_event_about_another_is_in_that_ones_streams(story: Record) -> None:
    await story.add(*SETTING)
    challenge = await story.add_one(sample.challenged())
    change = await story.add_one(sample.shown(f"event/{challenge.position}", "private"))
    void = await story.add_one(sample.voided(challenge.position))
    assert set(change.streams) == set(void.streams) == set(challenge.streams)
    subjects = [r.content["subject"] async for r in story.log.read(after=challenge.position - 1)]
    assert subjects == ["learning/learning"] * 3


async def test_several_streams_can_be_guarded_and_each_that_moved_is_reported(
    story: Record,
) -> None:
    await story.add(sample.framed(**IN))
    expected = {"question/question": 2, "organisation/mill": 9, "cohort/none": 0, "iteration/x": 1}
    assert (
        await story.report(sample.planned(), expected=expected)
        == [(None, "stream.version", "")] * 3
    )
    right = {"question/question": 1, "organisation/mill": 3, "cohort/none": 0}
    assert await story.report(sample.planned(), expected=right) == []


async def test_a_stream_that_the_sender_may_not_see_is_at_version_0(story: Record) -> None:
    await story.add(sample.framed("secret", visibility="private"))
    archive = Principal(id="archive-key", role=Role.ORGANISATION, organisation="archive")
    assert await story.log.stream_version("question/secret", archive) == 0
    assert await story.log.stream_version("question/none", archive) == 0
    assert await story.log.stream_version("organisation/mill", archive) == 3
    own = sample.framed("own", "archive")
    assert await story.report({**own}, sender=archive, expected={"question/secret": 1}) != []
    assert await story.report(own, sender=archive, expected={"question/secret": 0}) == []


async def test_a_receipt_names_only_the_streams_that_the_sender_may_see(story: Record) -> None:
    await story.add(
        sample.framed("secret", visibility="private"),
        sample.planned("open", question="secret", visibility="public"),
    )
    archive = Principal(id="archive-key", role=Role.ORGANISATION, organisation="archive")
    note = sample.noted("iteration/open", organisation="archive")
    receipt = await story.add_one(note, sender=archive)
    assert set(receipt.streams) == {"iteration/open", "organisation/mill", "organisation/archive"}
