"""Searching: the subjects whose wording has some words, with the places of the words."""

from collections.abc import Iterator
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLString,
)

from projections import searching
from projections.searching import BETWEEN, START, STOP, WORDING, Place
from service.graphql.arguments import AFTER, page_size, some
from service.graphql.connections import connection, selected_nodes
from service.graphql.cursors import Cursors
from service.graphql.errors import argument_refusal
from service.graphql.filters import VALUES_MAX
from service.graphql.loading import Loading
from service.graphql.references import listed
from service.graphql.selection import Selected, slot_of
from service.graphql.shape import Row, camel, required
from service.graphql.terms import KIND
from service.graphql.types import Types

TEXT_CHARACTERS_MAX: Final = 1_000
NAME: Final = "Search"


def search_field(types: Types) -> GraphQLField:
    """Return the field that searches."""
    _make_types(types)
    return GraphQLField(
        required(types.of(f"{NAME}Connection")),
        args={
            "text": GraphQLArgument(
                required(GraphQLString),
                description='Words; `"in quotes"` together, `or` between alternatives, `-` before what may not be.',
            ),
            "kinds": GraphQLArgument(
                GraphQLList(required(KIND)),
                description="Only subjects of these kinds; null, or an empty list, for all. Persons are not searched.",
            ),
            "first": GraphQLArgument(
                required(GraphQLInt), description=f"How many, 1 to {types.list_size_max}."
            ),
            "after": GraphQLArgument(GraphQLString, description=AFTER),
        },
        resolve=_search,
        description="The subjects that you may see with these words in their present wording, the best first.",
    )


def _make_types(types: Types) -> None:
    highlight = GraphQLObjectType(
        "Highlight",
        {
            "start": GraphQLField(required(GraphQLInt), description="Where it begins."),
            "end": GraphQLField(required(GraphQLInt), description="Where it ends, exclusive."),
        },
        description="A part of a text, in UTF-16 code units as JavaScript counts them.",
    )
    fragment = GraphQLObjectType(
        "SearchFragment",
        {
            "field": GraphQLField(
                required(GraphQLString), description="The subject's field that it is from."
            ),
            "text": GraphQLField(required(GraphQLString), description="A part of its text."),
            "highlights": GraphQLField(
                listed(highlight), description="Where the words stand in this part."
            ),
        },
        description="A part of a subject's wording in which words were found.",
    )
    types.all["SearchHit"] = GraphQLObjectType(
        "SearchHit",
        {
            "subject": GraphQLField(
                required(types.of("Subject")), description="The subject in whose wording they are."
            ),
            "fragments": GraphQLField(listed(fragment), description="Where they are in it."),
        },
        description="A subject that was found.",
    )
    types.make_connection(NAME, "SearchHit", "A page of what was found.", filtered=False)


async def _search(
    root: Any,
    info: GraphQLResolveInfo[Any],
    text: str,
    first: int,
    kinds: list[str] | None = None,
    after: str | None = None,
) -> Row:
    loading = Loading(info)
    if not text.strip() or "\0" in text or len(text) > TEXT_CHARACTERS_MAX:
        raise argument_refusal(
            "argument.malformed", "text", f"words, at most {TEXT_CHARACTERS_MAX} characters"
        )
    size = page_size({"first": first}, loading.context.limits.list_size_max).rows
    wanted = sorted(set(some(kinds, "kinds", VALUES_MAX) or WORDING) & WORDING.keys())
    cursors = Cursors(("search", text, " ".join(wanted)), (int, int))
    place = None
    if after is not None:
        rank, position = cursors.read(after)
        place = Place(rank - 1, position)
    field = info.parent_type.fields[info.field_name]
    selected = Selected(slot_of(str(info.path.key)), field, info.field_nodes, {})
    has_rows, nodes, edge_nodes, is_counted = selected_nodes(loading, NAME, selected)
    found: list[Row] = []
    if has_rows and wanted:
        found = await loading.rows(
            searching.found(loading.seeing, text, wanted, after=place, limit=size + 1)
        )
    hits = [_hit(row) for row in found[:size]]
    below = loading.selection.child(
        loading.type("SearchHit"), [*nodes, *edge_nodes], "subject"
    ).get("subject")
    if below:
        subjects = await loading.streams((hit["stream"] for hit in hits), below)
        for hit in hits:
            hit["subject"] = subjects.get(hit["stream"])
    total = 0
    if is_counted and wanted:
        [counted] = await loading.rows(searching.count(loading.seeing, text, wanted))
        total = counted["total"]
    return connection(
        hits,
        # A rank may be 0, which is no place.
        lambda hit: cursors.write(hit["rank"] + 1, hit["position"]),
        has_next=len(found) > size,
        has_previous=after is not None,
        counted={"total": total, "filtered": total},
    )


def _hit(row: Row) -> Row:
    _, names = WORDING[row["kind"]]
    return {
        "stream": f"{row['kind']}/{row['key']}",
        "rank": row["rank"],
        "position": row["position"],
        "fragments": [
            fragment
            for name, marked in zip(names, row["marked"], strict=True)
            for fragment in _fragments(camel(name), marked)
        ],
    }


def _fragments(name: str, marked: str) -> Iterator[Row]:
    for part in marked.split(BETWEEN):
        if START not in part:
            continue
        text, highlights = "", []
        for piece in part.split(START):
            inside, stop, behind = piece.partition(STOP)
            if stop:
                highlights.append({"start": _units(text), "end": _units(text) + _units(inside)})
            text += inside + behind
        yield {"field": name, "text": text, "highlights": highlights}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
