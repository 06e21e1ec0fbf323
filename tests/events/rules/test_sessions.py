"""Sessions and commitments, also after the close of their cohort."""

from typing import Final

import pytest

from tests.events import samples as sample
from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import EventJson, at

IN: Final = {"cohort": "heritage"}


@keeps("cohort.closed")
@pytest.mark.parametrize(
    "event",
    [
        sample.cohort_revised(),
        sample.held("later"),
        sample.settled(),
        sample.noted("session/session"),
        sample.renamed(),
    ],
    ids=lambda event: event["type"],
)
async def test_these_are_accepted_after_the_close(story: Record, event: EventJson) -> None:
    await story.add(sample.held(), sample.committed(**IN), sample.closed())
    assert await story.faults(event) == []


@breaks("cohort.closed")
async def test_no_commitment_is_made_after_the_close(story: Record) -> None:
    await story.add(sample.held(), sample.closed())
    assert await story.faults(sample.committed(**IN)) == [("cohort.closed", "/data/cohort")]
    assert await story.faults(sample.committed(session="session")) == [
        ("cohort.closed", "/data/commitment")
    ]


@breaks("commitment.settled")
async def test_a_commitment_is_not_settled_twice(story: Record) -> None:
    await story.add(sample.committed(**IN), sample.settled())
    assert await story.faults(sample.settled(outcome="dropped")) == [
        ("commitment.settled", "/data/commitment")
    ]


@keeps("commitment.settled")
async def test_a_commitment_is_settled_again_after_a_void(story: Record) -> None:
    await story.add(sample.committed(**IN))
    settling = await story.add_one(sample.settled())
    await story.add(sample.voided(settling.position))
    assert await story.faults(sample.settled(outcome="dropped")) == []


@breaks("owner.mismatch")
async def test_a_commitments_session_is_of_its_cohort(story: Record) -> None:
    await story.add(sample.formed("next"), sample.joined("mill", "next"), sample.held())
    elsewhere = {"cohort": "next", "session": "session"}
    assert await story.faults(sample.committed(**elsewhere)) == [
        ("owner.mismatch", "/data/session")
    ]
    await story.add(sample.framed(cohort="next"), sample.planned())
    assert await story.faults(sample.committed(iteration="trial", session="session")) == [
        ("owner.mismatch", "/data/session")
    ]


@breaks("owner.mismatch")
async def test_a_commitments_iteration_is_its_organisations_own(story: Record) -> None:
    await story.add(sample.framed(**IN), sample.planned())
    assert await story.faults(sample.committed("theirs", "archive", iteration="trial")) == [
        ("owner.mismatch", "/data/iteration")
    ]


@keeps("owner.mismatch")
async def test_a_commitment_takes_its_cohort_from_its_session(story: Record) -> None:
    await story.add(sample.held())
    receipt = await story.add_one(sample.committed(session="session"))
    assert receipt.streams == {
        "commitment/commitment": 1,
        "cohort/heritage": 5,
        "organisation/mill": 3,
        "session/session": 2,
    }


@breaks("member.required")
async def test_a_commitment_in_a_session_needs_membership(story: Record) -> None:
    await story.add(sample.held())
    assert await story.faults(sample.committed("theirs", "library", session="session")) == [
        ("member.required", "/data/organisation")
    ]


@breaks("void.dependants")
async def test_a_session_is_not_voided_while_a_commitment_names_it(story: Record) -> None:
    session = await story.add_one(sample.held())
    commitment = await story.add_one(sample.committed(session="session"))
    assert await story.faults(sample.voided(session.position)) == [
        ("void.dependants", "/data/event")
    ]
    await story.add(sample.voided(commitment.position), sample.voided(session.position))
    assert await story.faults(sample.held()) == []


async def test_those_who_attended_have_the_session_in_their_streams_and_hosts_their_cohort(
    story: Record,
) -> None:
    receipt = await story.add_one(sample.held(attended=["mill", "library"]))
    assert [*receipt.streams] == [
        "session/session",
        "cohort/heritage",
        "organisation/mill",
        "organisation/library",
    ]
    receipt = await story.add_one(sample.cohort_revised(hosts=["library"]))
    assert [*receipt.streams] == ["cohort/heritage", "organisation/library"]


@breaks("field")
@pytest.mark.parametrize(
    ("event", "pointer"),
    [
        (sample.held(minutes=10_081), "/data/minutes"),
        (sample.held(minutes=0), "/data/minutes"),
        (sample.held(people=-1), "/data/people"),
        (sample.held(kind="party"), "/data/kind"),
        (sample.held(attended=["mill", "mill"]), "/data/attended"),
        (sample.held(links=[f"https://example.org/{n}" for n in range(11)]), "/data/links"),
        (sample.held(links=["ftp://example.org/picture"]), "/data/links/0"),
        (sample.held(links=["https://example.org"] * 2), "/data/links"),
        (sample.settled(outcome="forgotten"), "/data/outcome"),
        (sample.committed(due_on="soon"), "/data/due_on"),
        (sample.renamed(name=" "), "/data/name"),
        (sample.cohort_revised(planned_months=37), "/data/planned_months"),
    ],
    ids=lambda found: found if isinstance(found, str) else "",
)
async def test_what_these_types_refuse(story: Record, event: EventJson, pointer: str) -> None:
    assert await story.faults(event) == [("field", pointer)]


@keeps("field")
@pytest.mark.parametrize(
    "event",
    [
        sample.held(attended=["mill"], minutes=10_080, people=0),
        sample.noted("cohort/heritage"),
        sample.observed(),
        sample.failed(**IN),
        sample.reviewed(**IN),
        sample.met(),
        sample.harvested(**IN),
    ],
    ids=lambda event: event["type"],
)
async def test_ten_links_are_kept(story: Record, event: EventJson) -> None:
    await story.add(sample.paired(), sample.framed(**IN), sample.planned(), sample.started())
    links = [f"https://example.org/{n}.jpg" for n in range(10)]
    receipt = await story.add_one({**event, "data": {**event["data"], "links": links}})
    recorded = await story.log.event(receipt.position)
    assert recorded is not None and recorded.content["data"]["links"] == links


async def test_attending_without_being_present_is_advised_on(story: Record) -> None:
    assert await story.advice(sample.held("one", attended=["mill", "library"])) == [
        "session.not_present"
    ]
    await story.add(sample.left("mill", time=at(50)))
    assert await story.advice(sample.held("two", attended=["mill"], time=at(49))) == []
    assert await story.advice(sample.held("three", attended=["mill"], time=at(50))) == [
        "session.not_present"
    ]


async def test_a_host_attends_without_being_a_member(story: Record) -> None:
    await story.add(sample.cohort_revised(hosts=["library"]))
    assert await story.advice(sample.held(attended=["mill", "library"])) == []


async def test_an_observation_on_an_unknown_measure_is_advised_on(story: Record) -> None:
    await story.add(sample.framed(**IN), sample.planned(measure="labels"), sample.started())
    assert await story.advice(sample.observed(measure="visitors")) == ["measure.unknown"]
    assert await story.advice(sample.observed(measure="Labels ")) == []
