"""The fields that lead to timelines of organisations and cohorts, limited to what the viewer may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from projections.queries import timelines
from projections.queries.lists import PARENT
from projections.queries.timelines import Chosen, TimelinePage, TimelinePlace
from service.graphql.arguments import page_size, some, span
from service.graphql.fetching.entries import entry_rows
from service.graphql.fetching.loading import Loading, grouped
from service.graphql.fields.field import Field, Row, argument
from service.graphql.fields.shapes import kind_of
from service.graphql.filters.comparisons import VALUES_MAX
from service.graphql.lists.connections import connection, selected_nodes
from service.graphql.lists.cursors import Cursors
from service.graphql.lists.pages import page_arguments
from service.graphql.selection import Selected
from service.graphql.values.terms import EntryType, TimelineOrder

NAME: Final = "Timeline"
ORDER: Final = "What the entries are ordered by. Null for `TIME`."
KINDS: Final = "Return only entries of these types. Null or an empty list selects all types."


@dataclass(frozen=True)
class TimelineField:
    """Leads to the timeline of a subject."""

    kind: str
    needs: Sequence[str] = ("key",)

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch a page of each timeline, and the fields that are selected of its entries."""
        context = loading.context
        arguments = selected.arguments
        size = page_size(arguments, context.limits.list_size_max)
        chosen = loading.chosen(chosen_by(self.kind, arguments, through=loading.through))
        keys = sorted({row["key"] for row in rows})
        places = {name: _place(self.kind, arguments, name, keys) for name in ("after", "before")}
        part = TimelinePage(
            size.rows + 1,
            size.backwards,
            places["after"],
            places["before"],
            by_position(arguments),
        )
        has_rows, nodes, edge_nodes, is_counted = selected_nodes(loading, NAME, selected)
        found: dict[str, list[Row]] = {}
        copies: dict[int, Row] = {}
        if has_rows:
            pages = await loading.rows(lambda: timelines.page(chosen, part, keys))
            for key, page in grouped(pages, _parent).items():
                found[key] = await entry_rows(loading, page)
            shown = [row for page in found.values() for row in page[: size.rows]]
            loading.count(shown)
            if nodes and edge_nodes:
                copies = {id(row): dict(row) for row in shown}
                await loading.fill_each(list(copies.values()), edge_nodes)
                await loading.fill_each(shown, nodes)
            else:
                await loading.fill_each(shown, [*nodes, *edge_nodes])
        counted: dict[str, Row] = {}
        if is_counted:
            counts = await loading.rows(lambda: timelines.counts(chosen, keys))
            counted = {row[PARENT]: row for row in counts}
        for row in rows:
            page = found.get(row["key"], [])
            part_shown = page[: size.rows]
            if size.backwards:
                part_shown.reverse()
            more = len(page) > size.rows
            cursors = cursors_of(self.kind, row["key"])
            row[selected.slot] = connection(
                part_shown,
                lambda entry, cursors=cursors: cursors.write(  # type: ignore[misc]  # a default binds it
                    entry["occurred_at"], entry["position"]
                ),
                has_next=places["before"] is not None if size.backwards else more,
                has_previous=more if size.backwards else places["after"] is not None,
                counted=counted.get(row["key"], {"total": 0, "filtered": 0}),
                copies=copies,
                liveCursor=chosen.through,
            )

    def read(self, row: Row, slot: str) -> Any:
        """Return the timeline."""
        return row[slot]


def chosen_by(kind: str, arguments: Mapping[str, Any], *, through: int) -> Chosen:
    """Return the choice of entries that the arguments make. Raises GraphQL errors that name them."""
    since: datetime | None = arguments.get("from")
    until: datetime | None = arguments.get("to")
    span(since, until)
    return Chosen(kind, through, types_of(arguments.get("kinds")), since, until)


def by_position(arguments: Mapping[str, Any]) -> bool:
    """Return whether the entries are ordered by position."""
    return arguments.get("order") == TimelineOrder.POSITION


def types_of(kinds: Sequence[str] | None) -> tuple[str, ...]:
    """Return the types of entries in the argument `kinds`; none stands for all."""
    return tuple(sorted(set(some(kinds, "kinds", VALUES_MAX))))


def cursors_of(kind: str, key: str) -> Cursors:
    """Return the cursors of a timeline, which are valid for any choice of its entries, in either order."""
    return Cursors(("timeline", f"{kind}/{key}"), (datetime, int))


def _place(
    kind: str, arguments: Mapping[str, Any], name: str, keys: Sequence[str]
) -> TimelinePlace | None:
    cursor = arguments.get(name)
    found = None
    if cursor is None:
        return None
    for key in keys:
        found = TimelinePlace(*cursors_of(kind, key).read(cursor, name))
    return found


def _parent(row: Row) -> str:
    return str(row[PARENT])


def timeline(description: str) -> Any:
    """Declare the field that leads to the timeline of a subject."""
    return Field(
        description,
        lambda place: TimelineField(str(kind_of(place.owner))),
        arguments=lambda _: [*_ARGUMENTS, *page_arguments()],
    )


_ARGUMENTS: Final = (
    argument("kinds", list[EntryType] | None, KINDS),
    argument("from", datetime | None, "Return only entries whose time is this moment or later."),
    argument("to", datetime | None, "Return only entries whose time is before this moment."),
    argument("order", TimelineOrder | None, ORDER),
)
