"""The field `search` of `Query`: subjects with texts that contain some words, and the matches in these texts."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import orjson
import strawberry
from graphql import GraphQLResolveInfo
from strawberry.utils.str_converters import to_camel_case

from events.vocabulary.values.text_folding import folded
from projections.queries import search
from projections.queries.search import SEARCHED, SearchPlace, SearchRequest, SearchTerm
from service.graphql.arguments import page_size, some
from service.graphql.errors import argument_refusal
from service.graphql.fetching.loading import Loading
from service.graphql.fields.field import Row
from service.graphql.fields.shapes import declared
from service.graphql.filters.comparisons import VALUES_MAX
from service.graphql.lists.connections import connection, selected_nodes
from service.graphql.lists.cursors import Cursors
from service.graphql.lists.pages import AFTER, EDGES, HOW_MANY, NODES, ROW, EdgeBase, Page
from service.graphql.roots.highlights import fragment
from service.graphql.selection import Selected, slot_of
from service.graphql.types.bases import Subject
from service.graphql.values.scalars import Position
from service.graphql.values.terms import EntryType, Kind

TEXT_CHARACTERS_MAX: Final = 1_000
FRAGMENTS_MAX: Final = 5
"""The number of texts per subject from which excerpts are returned."""
NAME: Final = "Search"


@declared
class Highlight:
    """A range in a text, counted in UTF-16 code units, as in JavaScript."""

    start: int = strawberry.field(description="The start of the range.")
    end: int = strawberry.field(description="The end of the range, exclusive.")


@declared
class SearchFragment:
    """An excerpt of a text in which words were found."""

    field: str = strawberry.field(description="The field of the event that has the text.")
    type: EntryType = strawberry.field(description="The type of the event.")
    position: Position = strawberry.field(description="The position of the event in the log.")
    text: str = strawberry.field(description="The excerpt.")
    highlights: list[Highlight] = strawberry.field(
        description="The ranges of the excerpt that match the words."
    )


@declared
class SearchHit:
    """A subject that was found."""

    subject: Subject = strawberry.field(description="The subject.")
    fragments: list[SearchFragment] = strawberry.field(
        description=f"Excerpts with the words, from up to {FRAGMENTS_MAX} texts."
    )


@declared
class SearchEdge(EdgeBase):
    """A row of `SearchConnection`, with its cursor."""

    node: SearchHit = strawberry.field(description=ROW)


@declared
class SearchConnection(Page):
    """A page of search results."""

    edges: list[SearchEdge] = strawberry.field(description=EDGES)
    nodes: list[SearchHit] = strawberry.field(description=NODES)


async def search_subjects(
    root: Any,
    info: GraphQLResolveInfo[Any],
    text: Annotated[
        str,
        strawberry.argument(
            description="""Words or beginnings of words, in any language. Accents, letter case and hyphens make no
difference. A subject matches if each of the words occurs in a text about it. Use `"quotes"` to match whole words in
sequence, `or` between alternatives, and `-` before a word or phrase that must not occur."""
        ),
    ],
    first: Annotated[int | None, strawberry.argument(description=HOW_MANY)] = None,
    kinds: Annotated[
        list[Kind] | None,
        strawberry.argument(
            description="Return only subjects of these kinds. "
            "Null or an empty list selects all kinds. Persons are never searched."
        ),
    ] = None,
    after: Annotated[str | None, strawberry.argument(description=AFTER)] = None,
) -> Row:
    """Return a page of the subjects with texts that contain the words of `text`."""
    loading = Loading(info)
    if not text.strip() or "\0" in text or len(text) > TEXT_CHARACTERS_MAX:
        raise argument_refusal(
            "argument.malformed",
            "text",
            f"words without U+0000, at most {TEXT_CHARACTERS_MAX} characters",
            text,
        )
    size = page_size({"first": first}, loading.context.limits.list_size_max)
    wanted = sorted(set(some(kinds, "kinds", VALUES_MAX) or SEARCHED).intersection(SEARCHED))
    cursors = Cursors(("search", folded(text), " ".join(wanted)), (int, int, str))
    place = SearchPlace(*cursors.read(after)) if after is not None else None
    request = SearchRequest.read(text)
    field = info.parent_type.fields[info.field_name]
    selected = Selected(slot_of(str(info.path.key)), field, info.field_nodes, {})
    has_rows, nodes, edge_nodes, _ = selected_nodes(loading, NAME, selected)
    below = loading.selection.child(
        loading.type("SearchHit"), [*nodes, *edge_nodes], "subject", "fragments"
    )
    total, found = 0, []
    if request.alternatives and wanted:
        row = await loading.row(
            *search.found(
                request,
                wanted,
                after=place,
                limit=size.rows + 1 if has_rows else 0,
                texts_max=FRAGMENTS_MAX if "fragments" in below else 0,
            )
        )
        total, found = row["total"], orjson.loads(row["subjects"] or "[]")
    terms = [request.terms[number] for number in request.wanted]
    hits = [_hit(terms, *one) for one in found[: size.rows]]
    if "subject" in below:
        subjects = await loading.streams((hit["stream"] for hit in hits), below["subject"])
        for hit in hits:
            hit["subject"] = subjects.get(hit["stream"])
    return connection(
        hits,
        lambda hit: cursors.write(hit["rank"], hit["position"], hit["stream"]),
        has_next=len(found) > size.rows,
        has_previous=after is not None,
        counted={"total": total, "filtered": total},
    )


def _hit(
    terms: list[SearchTerm], stream: str, rank: int, position: int, wordings: Sequence[Any] = ()
) -> Row:
    return {
        "stream": stream,
        "rank": rank,
        "position": position,
        "fragments": [
            {"position": at, "type": type_, "field": to_camel_case(field), **fragment(text, terms)}
            for at, type_, field, text in wordings
        ],
    }
