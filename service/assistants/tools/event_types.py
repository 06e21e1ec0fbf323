"""The tool `event_types`: the vocabulary, to choose a type and to fill in its fields."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field

from events.access.policy import may_ever_record
from events.vocabulary.catalogue import EventKind
from events.vocabulary.json_schemas import json_schema
from service.assistants.asker import Asker
from service.assistants.tool import Arguments, Result, Tool
from service.http.envelope_schema import envelope_schema
from service.http.resources.event_types import described
from service.problems import problem


class EventTypesArguments(Arguments):
    """Which type, if it is only about one."""

    type: Annotated[
        str | None,
        Field(
            description="The name of a type, such as `learning.captured`, for its fields. Null for a list of all types."
        ),
    ] = None


class EventType(BaseModel):
    """A type of event."""

    name: str = Field(description="Its short name.")
    type: str = Field(description="Its full name, which an event has as its `type`.")
    description: str
    use_when: str | None = Field(description="When to record it.")
    recorded_by: str = Field(description="Who records it.")
    may_record: bool = Field(description="Whether this caller may record such events at all.")


class Detail(BaseModel):
    """What the events of a type look like."""

    before: list[str] = Field(description="The types that usually come before it.")
    after: list[str] = Field(description="The types that usually come after it.")
    rules: list[str] = Field(description="The rules that can refuse an event of the type.")
    data_schema: dict[str, Any] = Field(description="The JSON Schema of an event's `data`.")
    envelope_schema: dict[str, Any] = Field(
        description="The JSON Schema of an event's other members."
    )

    def lines(self) -> Iterator[str]:
        """Yield the fields of the data."""
        required = self.data_schema.get("required", ())
        for name, field in self.data_schema["properties"].items():
            must = ", required" if name in required else ""
            example = f" Example: {field['examples'][0]!r}" if field.get("examples") else ""
            about = f"{field.get('title', name)}. {field.get('description', '')}"
            yield f"  {name}{must}: {about}{example}"
        yield "The closed lists and the limits of the fields are in data_schema, in the structured result."


class EventTypesResult(Result):
    """The types; of one alone also what its events look like."""

    types: list[EventType]
    detail: Detail | None = Field(description="Null in the list of all types.")

    def lines(self) -> Iterator[str]:
        for one in self.types:
            may = "" if one.may_record else " (not for this caller)"
            yield f"- {one.name}: {one.description} {one.use_when or ''}{may}"
        if self.detail is None:
            yield "Call again with a type for its fields."
            return
        yield f"  full name: {self.types[0].type}; recorded by {self.types[0].recorded_by}"
        yield from self.detail.lines()


async def _event_types(arguments: EventTypesArguments, asker: Asker) -> EventTypesResult:
    catalogue, name = asker.service.log.catalogue, arguments.type
    if name is None:
        types = [_type(kind, asker) for kind in catalogue.kinds]
        return EventTypesResult(types=types, detail=None)
    found = next(map(catalogue.find, catalogue.versions(name)), None)
    if found is None:
        detail, expected = "There is no event type with this name", catalogue.expected(name)
        raise problem(404, "type.unknown", detail, expected=expected, pointer="/type")
    kind, _ = found
    about = described(kind)
    return EventTypesResult(
        types=[_type(kind, asker)],
        detail=Detail(
            before=about["before"],
            after=about["after"],
            rules=about["rules"],
            data_schema=json_schema(kind),
            envelope_schema=envelope_schema(),
        ),
    )


def _type(kind: EventKind[Any], asker: Asker) -> EventType:
    about = described(kind)
    return EventType(
        name=kind.name,
        type=about["type"],
        description=about["description"],
        use_when=about["use_when"],
        recorded_by=about["recorded_by"],
        may_record=may_ever_record(asker.viewer.role, kind),
    )


EVENT_TYPES: Final = Tool(
    name="event_types",
    title="Read the vocabulary",
    description="List the types of events: what each means, when to use it and who records it. With `type`, also the"
    " fields of one type, as a JSON Schema. Read it before `validate` and `record`.",
    arguments=EventTypesArguments,
    result=EventTypesResult,
    run=_event_types,
)
