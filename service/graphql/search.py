"""Searching: the subjects of which something was said with some words, and where these stand."""

from typing import Any, Final

import orjson
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
from projections.searching import SEARCHED, Asked, Place, Term
from service.graphql.arguments import AFTER, page_size, some
from service.graphql.connections import connection, selected_nodes
from service.graphql.cursors import Cursors
from service.graphql.errors import argument_refusal
from service.graphql.filters import VALUES_MAX
from service.graphql.fragments import fragment
from service.graphql.loading import Loading
from service.graphql.references import listed
from service.graphql.scalars import POSITION
from service.graphql.selection import Selected, slot_of
from service.graphql.shape import Row, camel, required
from service.graphql.terms import ENTRY_TYPE, KIND
from service.graphql.types import Types

TEXT_CHARACTERS_MAX: Final = 1_000
FRAGMENTS_MAX: Final = 5
"""Of how many texts of a subject parts are shown."""
NAME: Final = "Search"


def search_field(types: Types) -> GraphQLField:
    """Return the field that searches."""
    _make_types(types)
    return GraphQLField(
        required(types.of(f"{NAME}Connection")),
        args={
            "text": GraphQLArgument(
                required(GraphQLString),
                description="""Words, or their beginnings, in any language; accents, capitals and hyphens make no
difference. A subject is found where each of them is in something that was said of it; `"in quotes"` together and whole,
`or` between alternatives, `-` before what may not be.""",
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
        description="""The subjects of which something that you may see was said with these words, in the event that
created them or in any about them: names and titles first, then whole words, then what is newer.""",
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
    fragment_type = GraphQLObjectType(
        "SearchFragment",
        {
            "field": GraphQLField(
                required(GraphQLString), description="The field of the event that it is from."
            ),
            "type": GraphQLField(required(ENTRY_TYPE), description="What kind of event it is."),
            "position": GraphQLField(
                required(POSITION), description="The event's place in the log."
            ),
            "text": GraphQLField(required(GraphQLString), description="A part of its text."),
            "highlights": GraphQLField(
                listed(highlight), description="Where the words stand in this part."
            ),
        },
        description="A part of a text in which words were found.",
    )
    types.all["SearchHit"] = GraphQLObjectType(
        "SearchHit",
        {
            "subject": GraphQLField(
                required(types.of("Subject")),
                description="The subject of which something was said.",
            ),
            "fragments": GraphQLField(
                listed(fragment_type),
                description=f"Where the words are, in up to {FRAGMENTS_MAX} texts.",
            ),
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
    size = page_size({"first": first}, loading.context.limits.list_size_max)
    wanted = sorted(set(some(kinds, "kinds", VALUES_MAX) or SEARCHED).intersection(SEARCHED))
    cursors = Cursors(("search", text, " ".join(wanted)), (int, int, str))
    place = Place(*cursors.read(after)) if after is not None else None
    asked = Asked.read(text)
    field = info.parent_type.fields[info.field_name]
    selected = Selected(slot_of(str(info.path.key)), field, info.field_nodes, {})
    has_rows, nodes, edge_nodes, _ = selected_nodes(loading, NAME, selected)
    below = loading.selection.child(
        loading.type("SearchHit"), [*nodes, *edge_nodes], "subject", "fragments"
    )
    found: list[Row] = []
    if asked.alternatives and wanted:
        found = await loading.rows(
            lambda: searching.found(
                asked,
                wanted,
                after=place,
                limit=size.rows + 1 if has_rows else 0,
                texts_max=FRAGMENTS_MAX if "fragments" in below else 0,
            )
        )
    total = found[0]["total"] if found else 0
    found = [row for row in found if row["stream"] is not None]
    terms = [asked.terms[number] for number in asked.wanted]
    hits = [_hit(row, terms) for row in found[: size.rows]]
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


def _hit(row: Row, terms: list[Term]) -> Row:
    return {
        "stream": row["stream"],
        "rank": row["rank"],
        "position": row["position"],
        "fragments": [
            {"position": position, "type": type_, "field": camel(field), **fragment(text, terms)}
            for position, type_, field, text in _loaded(row.get("wordings"))
        ],
    }


def _loaded(wordings: Any) -> Any:
    return orjson.loads(wordings) if isinstance(wordings, str) else wordings or []
