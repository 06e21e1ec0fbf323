"""The tool `search`: subjects with words in a text about them."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field

from service.assistants.asker import Asker, read_query
from service.assistants.tool import After, Arguments, First, Next, Result, Tool
from service.graphql.roots.search import TEXT_CHARACTERS_MAX
from service.graphql.values.terms import EntryType

_QUERY: Final = read_query("search")

Searched = Literal[
    "cohort",
    "organisation",
    "question",
    "pairing",
    "inspiration",
    "iteration",
    "failure",
    "learning",
    "ask",
    "outcome",
    "publication",
    "session",
    "commitment",
]
"""The kinds of subjects that are searched. Persons never are."""


class SearchArguments(Arguments):
    """What to search for."""

    text: Annotated[
        str,
        Field(
            min_length=1,
            max_length=TEXT_CHARACTERS_MAX,
            description='Words or beginnings of words, each of which must occur. `"quotes"` match whole words in'
            " sequence, `or` stands between alternatives, `-` before a word that must not occur.",
        ),
    ]
    kinds: Annotated[
        list[Searched] | None, Field(description="Only subjects of these kinds. Null for all.")
    ] = None
    first: First = 10
    after: After = None


class Excerpt(BaseModel):
    """A part of a text in which words were found."""

    position: int = Field(description="The position of the event that has the text.")
    type: str = Field(description="The type of that event.")
    field: str = Field(description="The field of the event.")
    text: str


class Organisation(BaseModel):
    """An organisation, by its key and name."""

    key: str
    name: str


class Hit(BaseModel):
    """A subject that was found."""

    stream: str = Field(description="What it is, as `<kind>/<key>`.")
    title: str | None = Field(description="Its name, title or text. Null for pairings.")
    time: str = Field(description="When it began.")
    organisation: Organisation | None
    excerpts: list[Excerpt]


class SearchResult(Result):
    """What was found, the best matches first."""

    total: int = Field(description="How many subjects match.")
    hits: list[Hit]
    next: Next

    def lines(self) -> Iterator[str]:
        yield f"{self.total} found."
        for hit in self.hits:
            of = f" ({hit.organisation.name})" if hit.organisation else ""
            yield f"- {hit.stream}{of}: {hit.title or ''}"
            yield from (f"  {one.field}: {one.text}" for one in hit.excerpts)
        if self.next is not None:
            yield f"More: call again with after = {self.next}"


async def _search(arguments: SearchArguments, asker: Asker) -> SearchResult:
    kinds = None if arguments.kinds is None else [kind.upper() for kind in arguments.kinds]
    given = arguments.model_dump(include={"text", "first", "after"})
    found = (await asker.ask(_QUERY, {**given, "kinds": kinds}))["search"]
    page = found["pageInfo"]
    return SearchResult(
        total=found["totalCount"],
        hits=[_hit(node) for node in found["nodes"]],
        next=page["endCursor"] if page["hasNextPage"] else None,
    )


def _hit(node: dict[str, Any]) -> Hit:
    subject = node["subject"]
    return Hit(
        stream=subject["stream"],
        title=subject.get("title"),
        time=subject["time"],
        organisation=subject.get("organisation"),
        excerpts=[
            Excerpt(**{**one, "type": EntryType[one["type"]].value}) for one in node["fragments"]
        ],
    )


SEARCH: Final = Tool(
    name="search",
    title="Search the record",
    description="Find cohorts, organisations, questions, iterations (trials), failures, learnings and other subjects by"
    " words in the texts about them. Begin here if you do not know a key.",
    arguments=SearchArguments,
    result=SearchResult,
    run=_search,
)
