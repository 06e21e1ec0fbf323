"""Hosts, revised cohorts and renamed organisations."""

from typing import Any, Final

import pytest

from tests.events import samples as sample
from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import EventJson, at

IN: Final = {"cohort": "heritage"}
LIBRARY_HOSTS: Final = sample.cohort_revised(hosts=["library"])


@breaks("member.already")
async def test_a_host_does_not_join(story: Record) -> None:
    await story.add(LIBRARY_HOSTS)
    assert await story.faults(sample.joined("library")) == [
        ("member.already", "/data/organisation")
    ]


@keeps("member.already")
async def test_a_former_host_joins(story: Record) -> None:
    await story.add(LIBRARY_HOSTS, sample.cohort_revised(hosts=[]))
    assert await story.faults(sample.joined("library")) == []


@breaks("member.already")
async def test_a_present_member_does_not_become_a_host(story: Record) -> None:
    assert await story.faults(sample.cohort_revised(hosts=["library", "mill"])) == [
        ("member.already", "/data/hosts/1")
    ]


@keeps("member.already")
async def test_a_former_member_becomes_a_host(story: Record) -> None:
    await story.add(sample.left("mill", time=at(50)))
    assert await story.faults(sample.cohort_revised(hosts=["mill"], time=at(10))) == []


async def test_hosts_are_named_at_the_forming_too(story: Record) -> None:
    await story.add(sample.formed("next", hosts=["library"]))
    assert await story.faults(sample.joined("library", "next")) == [
        ("member.already", "/data/organisation")
    ]
    assert await story.faults(sample.formed("third", hosts=["library", "nobody"])) == [
        ("subject.unknown", "/data/hosts/1")
    ]


@keeps("member.required")
@pytest.mark.parametrize(
    "event",
    [
        sample.framed("theirs", "library", **IN),
        sample.captured("theirs", "library", **IN),
        sample.committed("theirs", "library", **IN),
        sample.harvested("theirs", "library", **IN),
        sample.failed("theirs", "library", question="heritage-question", **IN),
    ],
    ids=lambda event: event["type"],
)
async def test_what_a_present_or_former_host_records_in_the_cohort_is_accepted(
    story: Record, event: EventJson
) -> None:
    assert await story.faults(event) != []
    await story.add(LIBRARY_HOSTS)
    assert await story.faults(event) == []
    await story.add(sample.cohort_revised(hosts=[]))
    again = {**event, "data": {name: _new(value) for name, value in event["data"].items()}}
    assert await story.faults(again) == []


def _new(value: object) -> object:
    return "again" if value == "theirs" else value


@breaks("member.required")
async def test_a_host_whose_naming_was_voided_is_none(story: Record) -> None:
    naming = await story.add_one(LIBRARY_HOSTS)
    await story.add(sample.voided(naming.position))
    assert await story.faults(sample.framed("theirs", "library", **IN)) == [
        ("member.required", "/data/organisation")
    ]
    assert await story.faults(sample.joined("library")) == []


async def test_a_host_is_neither_paired_nor_leaves(story: Record) -> None:
    await story.add(LIBRARY_HOSTS)
    assert await story.faults(sample.paired("mill", "library")) == [
        ("pairing.members", "/data/organisations/1")
    ]
    assert await story.faults(sample.left("library")) == [("member.absent", "/data/organisation")]


@breaks("owner.mismatch")
async def test_a_failure_names_no_shared_question_of_a_cohort_of_others(story: Record) -> None:
    failed = sample.failed("theirs", "library", question="heritage-question", visibility="public")
    assert ("owner.mismatch", "/data/question") in await story.faults(failed)


@breaks("field")
async def test_a_revision_changes_something(story: Record) -> None:
    nothing = sample.cohort_revised(planned_months=None)
    assert await story.faults(nothing) == [("field", "/data")]
    assert await story.faults(sample.cohort_revised(planned_months=None, title=" ")) == [
        ("field", "/data")
    ]


@keeps("field")
@pytest.mark.parametrize(
    "change",
    [
        {"title": "Heritage, again"},
        {"facilitator": "Grace"},
        {"starts_on": "2024-04-01"},
        {"hosts": ["library"]},
        {"hosts": []},
    ],
    ids=str,
)
async def test_one_of_the_five_is_enough(story: Record, change: EventJson) -> None:
    assert await story.faults(sample.cohort_revised(planned_months=None, **change)) == []


async def test_hosts_that_are_left_out_stay(story: Record) -> None:
    await story.add(LIBRARY_HOSTS, sample.cohort_revised(title="Heritage, again"))
    assert await story.faults(sample.joined("library")) == [
        ("member.already", "/data/organisation")
    ]


async def test_no_hosts_and_hosts_that_are_left_out_are_not_the_same_event(story: Record) -> None:
    first = sample.cohort_revised(id="one", source="urn:a", time=at(9))
    await story.add(first)
    assert await story.faults({**first, "data": {**first["data"], "hosts": None}}) == []
    assert await story.faults({**first, "data": {**first["data"], "hosts": []}}) == [
        ("event.conflict", "/id")
    ]


async def test_renaming_asks_for_no_membership(story: Record) -> None:
    assert await story.faults(sample.renamed("library")) == []
    await story.add(sample.closed())
    assert await story.faults(sample.renamed()) == []


@breaks("void.dependants")
async def test_a_renaming_is_not_voided_once_something_builds_on_the_organisation(
    story: Record,
) -> None:
    renaming = await story.add_one(sample.renamed())
    await story.add(sample.framed(**IN))
    assert await story.faults(sample.voided(renaming.position)) == [
        ("void.dependants", "/data/event")
    ]


@keeps("void.dependants")
async def test_a_renaming_is_voided_while_nothing_builds_on_the_organisation(
    story: Record,
) -> None:
    renaming = await story.add_one(sample.renamed())
    await story.add(sample.noted("organisation/mill"))
    assert await story.faults(sample.voided(renaming.position)) == []


async def test_planned_months_are_advised_on_when_a_cohort_is_revised(story: Record) -> None:
    assert await story.advice(sample.cohort_revised(planned_months=19)) == ["cohort.months"]
    assert await story.advice(sample.cohort_revised(planned_months=18)) == []
    assert await story.advice(sample.cohort_revised(planned_months=None, title="New")) == []


async def test_names_that_look_the_same_are_advised_on_when_an_organisation_joins(
    story: Record,
) -> None:
    await story.add(sample.registered("mill2", name="\u201cMILL\u201d"), sample.registered("mill3"))
    assert await story.advice(sample.joined("mill2")) == []
    await story.add(sample.left("mill2"))
    await story.add(sample.renamed("mill2", name="  MILL "))
    assert await story.advice(sample.joined("mill2")) == ["organisation.same_name"]
    assert await story.advice(sample.joined("mill3")) == []


async def test_names_that_look_the_same_are_advised_on_when_an_organisation_is_renamed(
    story: Record,
) -> None:
    await story.add(LIBRARY_HOSTS)
    assert await story.advice(sample.renamed(name="archive")) == ["organisation.same_name"]
    assert await story.advice(sample.renamed(name="library")) == ["organisation.same_name"]
    assert await story.advice(sample.renamed(name="Mill")) == []


async def test_a_hosts_new_name_is_compared_with_those_of_the_cohorts_that_it_hosts(
    story: Record,
) -> None:
    await story.add(LIBRARY_HOSTS)
    assert await story.advice(sample.renamed("library", name="Mill")) == ["organisation.same_name"]
    await story.add(sample.formed("next", hosts=["library", "mill"]))
    assert await story.advice(sample.renamed("library", name="MILL")) == ["organisation.same_name"]
    # Both cohorts remove it from their hosts.
    await story.add(sample.cohort_revised("next", planned_months=None, hosts=["mill"]))
    await story.add(sample.cohort_revised(planned_months=None, hosts=[]))
    assert await story.advice(sample.renamed("library", name="ARCHIVE")) == []


async def test_after_a_void_of_its_naming_a_host_is_compared_with_nobody(story: Record) -> None:
    named = await story.add_one(LIBRARY_HOSTS)
    await story.add(sample.voided(named.position))
    assert await story.advice(sample.renamed("library", name="Mill")) == []


async def test_names_that_look_the_same_are_advised_on_when_a_cohort_gets_a_host(
    story: Record,
) -> None:
    await story.add(
        sample.registered("north", name="Harbour"),
        sample.registered("south", name=" HARBOUR "),
        sample.registered("attic", name="ARCHIVE"),
    )

    def hosted(*hosts: str, **more: Any) -> EventJson:
        return sample.cohort_revised(hosts=list(hosts), planned_months=None, **more)

    assert await story.advice(hosted("north")) == []
    assert await story.advice(hosted("south", "north")) == ["organisation.same_name"]
    # They are hosts already.
    assert await story.advice(hosted("south", "north", title="New")) == []
    # The archive is a present member. A former host does not count.
    assert await story.advice(hosted("attic")) == ["organisation.same_name"]
    assert await story.advice(hosted("north")) == []


async def test_hosts_whose_names_look_the_same_are_advised_on_when_a_cohort_is_formed(
    story: Record,
) -> None:
    await story.add(sample.registered("mill2", name=" MILL "))
    one = sample.formed("next", hosts=["mill", "mill2"])
    receipt = await story.add_one(one)
    assert [(advice.rule, advice.detail) for advice in receipt.warnings] == [
        (
            "organisation.same_name",
            "the name of mill2 looks the same as that of mill in the same cohort: Mill",
        )
    ]
    assert await story.advice(sample.formed("third", hosts=["mill", "library"])) == []
