"""The tool `cohorts`: the cohorts, with their questions and organisations."""

from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel, Field

from service.assistants.asker import Asker, read_query
from service.assistants.tool import After, Arguments, First, Next, Result, Tool

_QUERY: Final = read_query("cohorts")


class CohortsArguments(Arguments):
    """Which page of the cohorts."""

    first: First = 20
    after: After = None


class Member(BaseModel):
    """An organisation that has been in a cohort."""

    key: str
    name: str
    sector: str


class Cohort(BaseModel):
    """A cohort."""

    key: str
    title: str
    question: str | None = Field(description="Its shared question. Null if it is not shown.")
    starts_on: str
    closed_at: str | None = Field(description="When it was closed. Null if it was not.")
    themes: list[str]
    organisations: list[Member] = Field(description="The organisations that have been in it.")
    organisations_total: int


class CohortsResult(Result):
    """A page of the cohorts, in the order in which they were recorded."""

    total: int
    cohorts: list[Cohort]
    next: Next

    def lines(self) -> Iterator[str]:
        yield f"{self.total} cohorts."
        for cohort in self.cohorts:
            until = f" to {cohort.closed_at}" if cohort.closed_at else ""
            yield f"- {cohort.key}: {cohort.title}, from {cohort.starts_on}{until}"
            if cohort.question is not None:
                yield f"  question: {cohort.question}"
            for one in cohort.organisations:
                yield f"  organisation {one.key}: {one.name}, {one.sector}"
        if self.next is not None:
            yield f"More: call again with after = {self.next}"


async def _cohorts(arguments: CohortsArguments, asker: Asker) -> CohortsResult:
    found = (await asker.ask(_QUERY, arguments.model_dump()))["cohorts"]
    page = found["pageInfo"]
    return CohortsResult(
        total=found["totalCount"],
        cohorts=[_cohort(node) for node in found["nodes"]],
        next=page["endCursor"] if page["hasNextPage"] else None,
    )


def _cohort(node: dict[str, Any]) -> Cohort:
    question = node["sharedQuestion"]
    return Cohort(
        key=node["key"],
        title=node["title"],
        question=question["text"] if question else None,
        starts_on=node["startsOn"],
        closed_at=node["closedAt"],
        themes=node["themes"],
        organisations=node["organisations"]["nodes"],
        organisations_total=node["organisations"]["totalCount"],
    )


COHORTS: Final = Tool(
    name="cohorts",
    title="List cohorts",
    description="List the cohorts, each with its shared question and the keys of its organisations.",
    arguments=CohortsArguments,
    result=CohortsResult,
    run=_cohorts,
)
