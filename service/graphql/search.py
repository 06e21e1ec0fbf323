"""Searching: the subjects of which something was said with some words, and where these stand."""

from typing import Annotated, Any, Final

import orjson
import strawberry
from graphql import GraphQLResolveInfo
from strawberry.utils.str_converters import to_camel_case

from projections import searching
from projections.searching import SEARCHED, Asked, Place, Term
from service.graphql.arguments import page_size, some
from service.graphql.errors import argument_refusal
from service.graphql.fields.field import Row
from service.graphql.fields.shapes import declared
from service.graphql.fragments import fragment
from service.graphql.lists.connections import connection, selected_nodes
from service.graphql.lists.cursors import Cursors
from service.graphql.lists.pages import AFTER, EDGES, HOW_MANY, NODES, ROW, Page, Placed
from service.graphql.lists.ways import VALUES_MAX
from service.graphql.loading import Loading
from service.graphql.selection import Selected, slot_of
from service.graphql.types.bases import Subject
from service.graphql.values.scalars import Position
from service.graphql.values.terms import EntryType, Kind

TEXT_CHARACTERS_MAX: Final = 1_000
FRAGMENTS_MAX: Final = 5
"""Of how many texts of a subject parts are shown."""
NAME: Final = "Search"


@declared
class Highlight:
    """A part of a text, in UTF-16 code units as JavaScript counts them."""

    start: int = strawberry.field(description="Where it begins.")
    end: int = strawberry.field(description="Where it ends, exclusive.")


@declared
class SearchFragment:
    """A part of a text in which words were found."""

    field: str = strawberry.field(description="The field of the event that it is from.")
    type: EntryType = strawberry.field(description="What kind of event it is.")
    position: Position = strawberry.field(description="The event's place in the log.")
    text: str = strawberry.field(description="A part of its text.")
    highlights: list[Highlight] = strawberry.field(
        description="Where the words stand in this part."
    )


@declared
class SearchHit:
    """A subject that was found."""

    subject: Subject = strawberry.field(description="The subject of which something was said.")
    fragments: list[SearchFragment] = strawberry.field(
        description=f"Where the words are, in up to {FRAGMENTS_MAX} texts."
    )


@declared
class SearchEdge(Placed):
    """A place in a `SearchConnection`."""

    node: SearchHit = strawberry.field(description=ROW)


@declared
class SearchConnection(Page):
    """A page of what was found."""

    edges: list[SearchEdge] = strawberry.field(description=EDGES)
    nodes: list[SearchHit] = strawberry.field(description=NODES)


async def search(
    root: Any,
    info: GraphQLResolveInfo[Any],
    text: Annotated[
        str,
        strawberry.argument(
            description="""Words, or their beginnings, in any language; accents, capitals and hyphens make no
difference. A subject is found where each of them is in something that was said of it; `"in quotes"` together and whole,
`or` between alternatives, `-` before what may not be."""
        ),
    ],
    first: Annotated[int | None, strawberry.argument(description=HOW_MANY)] = None,
    kinds: Annotated[
        list[Kind] | None,
        strawberry.argument(
            description="Only subjects of these kinds; null, or an empty list, for all. Persons are not searched."
        ),
    ] = None,
    after: Annotated[str | None, strawberry.argument(description=AFTER)] = None,
) -> Row:
    """Return a page of the subjects of which something was said with these words."""
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
            {
                "position": position,
                "type": type_,
                "field": to_camel_case(field),
                **fragment(text, terms),
            }
            for position, type_, field, text in _loaded(row.get("wordings"))
        ],
    }


def _loaded(wordings: Any) -> Any:
    return orjson.loads(wordings) if isinstance(wordings, str) else wordings or []
