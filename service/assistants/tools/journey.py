"""The tool `journey`: what happened in an organisation's learning journey, in order."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, Field

from service.assistants.asker import Asker, read_query
from service.assistants.tool import After, Arguments, First, Next, Result, Tool
from service.graphql.values.terms import EntryType
from service.problems import problem

_QUERY: Final = read_query("journey")

From = Annotated[
    AwareDatetime | None,
    Field(alias="from", description="Only what happened at this time or later (RFC 3339)."),
]
To = Annotated[AwareDatetime | None, Field(description="Only what happened before this time.")]


def as_text(moment: datetime | None) -> str | None:
    """Return a time as the graph takes it."""
    return None if moment is None else moment.isoformat()


class JourneyArguments(Arguments):
    """Whose journey, and which part of it."""

    organisation: Annotated[
        str, Field(description="The organisation's key, such as `mill-museum`.")
    ]
    from_: From = None
    to: To = None
    first: First = 50
    after: After = None


class Entry(BaseModel):
    """Something that happened."""

    position: int = Field(description="The position of its event in the log.")
    time: str = Field(description="When it happened.")
    time_precision: str | None = Field(
        description="How exactly the time is known. Null if not provided."
    )
    type: str
    summary: str = Field(description="What happened, in one sentence.")
    subject: str | None = Field(
        description="The subject, as `<kind>/<key>`. Null if it is not shown."
    )
    cohort: str | None = Field(description="The key of the cohort. Null if it is not shown.")
    voided_by: int | None = Field(
        description="The position of the event that voided it. Null if it was not voided."
    )


class JourneyResult(Result):
    """A page of a journey, in the order in which things happened."""

    organisation: str
    name: str
    sector: str
    purpose: str | None
    total: int = Field(description="How many entries this caller may see, on all pages.")
    entries: list[Entry]
    next: Next

    def lines(self) -> Iterator[str]:
        yield f"The journey of {self.name} ({self.sector}), of which {self.total} entries are shown to this caller."
        for one in self.entries:
            voided = " (voided later)" if one.voided_by is not None else ""
            yield f"- {one.time} {one.summary}{voided} [{one.subject or one.type}, position {one.position}]"
        if self.next is not None:
            yield f"More: call again with after = {self.next}"


async def _journey(arguments: JourneyArguments, asker: Asker) -> JourneyResult:
    given = arguments.model_dump(include={"organisation", "first", "after"})
    span = {"from": as_text(arguments.from_), "to": as_text(arguments.to)}
    found = (await asker.ask(_QUERY, {**given, **span}))["organisation"]
    if found is None:
        raise problem(
            404,
            "organisation.unknown",
            "There is no organisation with this key, or it is not shown to this caller",
            expected="a key that `cohorts` or `search` returns",
            pointer="/organisation",
        )
    timeline = found["timeline"]
    page = timeline["pageInfo"]
    return JourneyResult(
        organisation=found["key"],
        name=found["name"],
        sector=found["sector"],
        purpose=found["purpose"],
        total=timeline["filteredCount"],
        entries=[_entry(node) for node in timeline["nodes"]],
        next=page["endCursor"] if page["hasNextPage"] else None,
    )


def _entry(node: dict[str, Any]) -> Entry:
    precision = node["timePrecision"]
    return Entry(
        position=node["position"],
        time=node["time"],
        time_precision=precision.lower() if precision else None,
        type=EntryType[node["type"]].value,
        summary=node["summary"],
        subject=node["subject"]["stream"] if node["subject"] else None,
        cohort=node["cohort"]["key"] if node["cohort"] else None,
        voided_by=node["voidedBy"],
    )


JOURNEY: Final = Tool(
    name="journey",
    title="Read a journey",
    description="Read an organisation's learning journey: what it asked, tried, failed at, learned, took up and"
    " published, in the order in which it happened, one sentence an entry.",
    arguments=JourneyArguments,
    result=JourneyResult,
    run=_journey,
)
