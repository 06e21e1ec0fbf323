"""Compiled timelines: the entries of a stream, where each type of event has its own fields."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from graphql import FieldNode
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    FromClause,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    select,
    true,
    tuple_,
)

from events.vocabulary.catalogue import VOCABULARY
from projections.folding.tables import TEXT, checkpoint
from projections.models.record import Timeline
from projections.queries.timelines import Chosen, entry_seen, order
from service.graphql.compiler.connections import Paged
from service.graphql.compiler.entries import EntryColumns
from service.graphql.compiler.objects import Columns, as_object, expression, members
from service.graphql.journeys.timelines import (
    NAME,
    TimelineField,
    by_position,
    chosen_by,
    cursors_of,
)
from service.graphql.lists.cursors import Cursors
from service.graphql.selection import Selected
from service.graphql.sql_values.statement_context import Building, NotCompiled, RequestValues
from service.graphql.sql_values.values import Expression

_TYPES: Final[Mapping[str, str]] = {kind.name: kind.model.__name__ for kind in VOCABULARY.kinds}


@expression.register
def _timeline_field(
    source: TimelineField, building: Building, row: Columns, selected: Selected
) -> Expression:
    return _Timeline(building, source.kind, row, selected).connection()


class _Timeline(Paged):
    """The timeline of a subject of a kind."""

    def __init__(self, building: Building, kind: str, row: Columns, selected: Selected) -> None:
        super().__init__(building, NAME, row, selected)
        self._kind = kind
        self._stream: ColumnElement[str] = literal(f"{kind}/", TEXT).concat(row["key"])
        self._chosen = self._chosen_by(building.request)
        # An enumeration is part of the form of a request, on which plans depend.
        self._by_position = by_position(building.request.arguments(selected))
        self._through = select(checkpoint.c.position).scalar_subquery()
        # The page is found first, so that the selected columns are computed only for its entries.
        self._shown = self._page()
        self._entry = EntryColumns(building, self._shown)

    def check(self, request: RequestValues) -> None:
        """Check the arguments of a request. Raises GraphQL errors that name them."""
        super().check(request)
        self._chosen_by(request)

    def node(self, nodes: Sequence[FieldNode]) -> Expression:
        """Return the selected fields of an entry, which depend on the type of its event."""
        building, entry = self.building, self._entry
        shared = getattr(building.schema.get_type("TimelineEntry"), "fields", {})
        # Types with the same selection of shared fields are compiled together.
        alike: dict[Any, list[str]] = {}
        for type_name, class_name in _TYPES.items():
            named = building.named(building.type(class_name), nodes)
            is_shared = all(one[0].name.value in (*shared, "__typename") for one in named.values())
            if not is_shared and VOCABULARY.named(type_name).model.since > 1:
                raise NotCompiled("event data that must be converted from an earlier version")
            form = tuple((name, *map(id, same)) for name, same in named.items())
            alike.setdefault(form if is_shared else type_name, []).append(type_name)
        written = [(types, self._as(types, nodes)) for types in alike.values()]
        most = max(written, key=lambda one: len(one[0]))
        others = [
            (entry["type"] == any_(literal(types, ARRAY(Text))), made)
            for types, made in written
            if types is not most[0]
        ]
        return case(*others, else_=most[1]) if others else most[1]

    def place(self) -> Sequence[ColumnElement[Any]]:
        """Return the columns in an entry's cursor."""
        return order(self._shown)

    def cursors(self, request: RequestValues, parent: str) -> Cursors:
        """Return the cursors of the timeline of the subject with this key."""
        return cursors_of(self._kind, parent)

    def list_texts(self) -> Sequence[ColumnElement[str]]:
        """Return, as JSON, the texts that identify the timeline: its name and its stream."""
        return [literal('"timeline"', Text), cast(func.to_json(cast(self._stream, Text)), Text)]

    def found(self, columns: Sequence[ColumnElement[Any]]) -> tuple[FromClause, Sequence[Any]]:
        """Return the entries of the page with these columns, and their order."""
        source = self._entry.source
        places = [column.label(f"by_{at}") for at, column in enumerate(self._order(self._shown))]
        found = (
            select(*columns, *places)
            .select_from(source)
            .correlate_except(source)
            .subquery(self.building.name("page"))
        )
        return found, [found.c[place.name] for place in places]

    def counted(self) -> Any:
        """Return the statement that counts the entries."""
        place = self._rows()
        filtered = func.count().filter(self._among(place))
        counted = select(func.count().label("totalCount"), filtered.label("filteredCount"))
        return counted.where(*self._seen(place)).correlate_except(place)

    def more(self, field: str) -> Expression:
        """Return `liveCursor`: the position up to which the timeline is complete."""
        assert field == "liveCursor"
        return self._through

    def _chosen_by(self, request: RequestValues) -> Chosen:
        return chosen_by(self._kind, request.arguments(self.selected), through=0)

    def _as(self, types: Sequence[str], nodes: Sequence[FieldNode]) -> Expression:
        """Return an entry of one of these types, which have the same selection."""
        building = self.building
        type_ = building.type(_TYPES[types[0]])
        made = members(building, type_, self._entry, nodes)
        if len(types) > 1:
            named = building.named(type_, nodes)
            name_of = case({one: _TYPES[one] for one in types}, value=self._entry["type"])
            made = [
                name_of.label(one.name) if named[one.name][0].name.value == "__typename" else one
                for one in made
            ]
        return as_object(select(*made), building)

    def _page(self) -> Any:
        """Return the entries of the page and one more, with the columns for `EntryColumns`."""
        place = self._rows()
        by, columns = self._order(place), place.c
        return (
            select(*order(place), columns.type, columns.subject, columns.organisation)
            .where(*self._seen(place), self._among(place), self._between(place))
            .order_by(*(one.desc() for one in by) if self.backwards else by)
            .limit(self.size + 1)
            .correlate_except(place)
            .subquery(self.building.name("chosen"))
        )

    def _rows(self) -> FromClause:
        found: FromClause = Timeline.table.alias(self.building.name("timeline"))
        return found

    def _seen(self, place: FromClause) -> list[ColumnElement[bool]]:
        """Return the conditions that a row belongs to the timeline and the viewer may see it."""
        of_stream = place.c.stream == self._stream
        return [of_stream, place.c.position <= self._through, entry_seen(place)]

    def _among(self, place: FromClause) -> ColumnElement[bool]:
        """Return the condition that the arguments choose an entry."""
        building, moment = self.building, DateTime(timezone=True)
        found: list[ColumnElement[bool]] = []
        if self._chosen.types:
            types = building.bind(ARRAY(Text), lambda request: list(self._chosen_by(request).types))
            found.append(place.c.type == any_(types))
        if self._chosen.since is not None:
            at = building.bind(moment, lambda request: self._chosen_by(request).since)
            found.append(place.c.occurred_at >= at)
        if self._chosen.until is not None:
            at = building.bind(moment, lambda request: self._chosen_by(request).until)
            found.append(place.c.occurred_at < at)
        return and_(true(), *found)

    def _between(self, place: FromClause) -> ColumnElement[bool]:
        """Return the condition that an entry is between the places of the cursors."""
        by = self._order(place)
        # Of the place in a cursor, that of the same columns.
        first = len(order(place)) - len(by)
        found: list[ColumnElement[bool]] = []
        for name in self.places:
            bounds = tuple_(
                *(
                    self.building.bind(column.type, self.cursor_place(name, at))
                    for at, column in enumerate(by, first)
                )
            )
            found.append(tuple_(*by) > bounds if name == "after" else tuple_(*by) < bounds)
        return and_(true(), *found)

    def _order(self, entries: FromClause) -> Sequence[ColumnElement[Any]]:
        return order(entries, by_position=self._by_position)
