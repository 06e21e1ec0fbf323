"""Old versions of a type: read as the present one, accepted as they were, never changed."""

from typing import Annotated

import pytest
from pydantic import Field

from events.log import EventLog
from events.vocabulary.catalogue import Catalogue, CatalogueError, JsonObject
from events.vocabulary.fields.field_types import NewOrganisation, Text
from events.vocabulary.json_schemas import json_schema
from events.vocabulary.types import EVENT_TYPES, EventType, Mark, RecordedBy
from events.vocabulary.types.cohorts import OrganisationRegistered
from projections.folding.step import linked, present_steps, readings_in
from tests.events.record import Record
from tests.events.samples import EventJson, at, corrected, joined, registered


class RegisteredWithSectors(
    EventType,
    name="organisation.registered",
    mark=Mark.CREATES,
    by=RecordedBy.FACILITATOR,
    version=2,
):
    """An organisation enters the record; since version 2 it can be of several sectors."""

    organisation: NewOrganisation
    name_: Annotated[Text, Field(alias="name")]
    sectors: Annotated[list[Text], "one or more"]


def to_version_2(data: JsonObject) -> JsonObject:
    """Give what was `sector` as a list."""
    kept = {name: value for name, value in data.items() if name != "sector"}
    if "sector" in data:
        kept["sectors"] = [data["sector"]]
    return kept


NEW_TYPES = tuple(
    RegisteredWithSectors if model is OrganisationRegistered else model for model in EVENT_TYPES
)
STEP = ("organisation.registered", 1)


def new_catalogue() -> Catalogue:
    return Catalogue(NEW_TYPES, {STEP: to_version_2})


def new_registered(organisation: str, **data: object) -> EventJson:
    return {
        "specversion": "1.0",
        "type": "org.howcanwe.organisation.registered.v2",
        "time": at(0),
        "data": {"organisation": organisation, "name": "Park", "sectors": ["parks"], **data},
    }


async def test_an_old_event_is_read_in_the_present_version_and_its_text_stays(
    story: Record, database_url: str
) -> None:
    before = b"".join([chunk async for chunk in story.log.lines()])
    catalogue = new_catalogue()
    async with await EventLog.open(database_url, catalogue=catalogue) as log:
        assert b"".join([chunk async for chunk in log.lines()]) == before
        recorded = await log.event(2)
    assert recorded is not None
    assert recorded.content["type"].endswith(".registered.v1")
    event = recorded.event(catalogue)
    assert event.data == {"organisation": "mill", "name": "Mill", "sectors": ["museum"]}
    assert event.kind.wire_name.endswith(".registered.v2")


async def test_both_versions_are_accepted_and_kept_as_sent(
    story: Record, database_url: str
) -> None:
    async with await EventLog.open(database_url, catalogue=new_catalogue()) as log:
        record = Record(log)
        old = {**registered("forest", time=at(0)), "id": "old"}
        await record.add(old, {**new_registered("park"), "id": "new"})
        await record.add(joined("forest", id="j1"), joined("park", id="j2"))
        kept = [recorded.content["data"] async for recorded in log.read(after=6)]
        assert kept[0] == old["data"]
        assert kept[1]["sectors"] == ["parks"]
        (again,) = await record.add(old)
    assert again.repeated


async def test_an_old_event_is_converted_together_with_its_corrections(
    story: Record, database_url: str
) -> None:
    await story.add(corrected(2, name="The Mill"))
    catalogue = new_catalogue()
    async with await EventLog.open(database_url, catalogue=catalogue) as log:
        record = Record(log)
        await record.add({**corrected(2, sector="parks"), "id": "c-2"})
        assert await record.faults({**corrected(2, organisation="park"), "id": "c-3"}) == [
            ("event.correctable", "/data/fields")
        ]
        steps = linked([recorded async for recorded in log.read()], catalogue)
    [read] = [step.data for step in present_steps(steps, readings_in(steps)) if step.position == 2]
    assert read == {"organisation": "mill", "name": "The Mill", "sectors": ["parks"]}


async def test_faults_of_an_old_version_are_reported(record: Record, database_url: str) -> None:
    async with await EventLog.open(database_url, catalogue=new_catalogue()) as log:
        assert await Record(log).faults(registered("forest", sector=None)) == [
            ("field", "/data/sectors")
        ]


async def test_the_release_that_knows_only_version_1_refuses_version_2(record: Record) -> None:
    assert await record.faults(new_registered("park")) == [("field", "/type")]


def test_a_missing_upcaster_refuses_to_start() -> None:
    with pytest.raises(
        CatalogueError,
        match=r"There is no upcaster of organisation\.registered from version 1 to 2",
    ):
        Catalogue(NEW_TYPES)


def test_an_upcaster_that_leads_nowhere_refuses_to_start() -> None:
    with pytest.raises(CatalogueError, match="but no such version"):
        Catalogue(EVENT_TYPES, {STEP: to_version_2})


def test_a_type_given_twice_refuses_to_start() -> None:
    with pytest.raises(CatalogueError, match="defined twice"):
        Catalogue((*EVENT_TYPES, OrganisationRegistered))


def test_each_type_says_what_follows_from_its_model() -> None:
    kind = new_catalogue().named("organisation.registered")
    assert kind.dataschema == "urn:howcanwe:event-type:org.howcanwe.organisation.registered.v2"
    schema = json_schema(kind)
    assert schema["$id"] == kind.dataschema
    assert schema["required"] == ["organisation", "name", "sectors"]
    assert schema["additionalProperties"] is False
