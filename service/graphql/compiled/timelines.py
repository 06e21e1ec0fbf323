"""Timelines of the answer: entries of a stream, each as the type of its event has it."""

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
from projections.models.record import Timeline as Timelines
from projections.queries.timelines import Chosen, told
from service.graphql.compiled.connections import Paged
from service.graphql.compiled.entries import EntryColumns
from service.graphql.compiled.objects import Columns, as_object, expression, members
from service.graphql.journeys.timelines import NAME, TimelineField, chosen_by, cursors_of
from service.graphql.lists.cursors import Cursors
from service.graphql.selection import Selected
from service.graphql.sql.compilation import Building, Given, NotCompiled
from service.graphql.sql.values import Expression

_TYPES: Final[Mapping[str, str]] = {kind.name: kind.model.__name__ for kind in VOCABULARY.kinds}


@expression.register
def _(source: TimelineField, building: Building, row: Columns, selected: Selected) -> Expression:
    return _Timeline(building, source.kind, row, selected).connection()


class _Timeline(Paged):
    """The timeline of a subject of a kind."""

    def __init__(self, building: Building, kind: str, row: Columns, selected: Selected) -> None:
        super().__init__(building, NAME, row, selected)
        self._kind = kind
        self._stream: ColumnElement[str] = literal(f"{kind}/", TEXT).concat(row["key"])
        self._chosen = self._chosen_by(building.given)
        self._through = select(checkpoint.c.position).scalar_subquery()
        # Which entries, first; what is selected of them, once few are left.
        self._shown = self._page()
        self._entry = EntryColumns(building, self._shown)

    def check(self, given: Given) -> None:
        """Hold a request's arguments to what they may be. Raises GraphQL errors that name them."""
        super().check(given)
        self._chosen_by(given)

    def node(self, nodes: Sequence[FieldNode]) -> Expression:
        """Return what is selected of an entry, as the type of its event has it."""
        building, entry = self.building, self._entry
        shared = getattr(building.schema.get_type("TimelineEntry"), "fields", {})
        # Types of which the same shared fields are selected are written as one.
        alike: dict[Any, list[str]] = {}
        for type_name, class_name in _TYPES.items():
            named = building.named(building.type(class_name), nodes)
            is_shared = all(one[0].name.value in (*shared, "__typename") for one in named.values())
            if not is_shared and VOCABULARY.named(type_name).model.since > 1:
                raise NotCompiled("data of an earlier version, as the present one has it")
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
        """Return what an entry's cursor has of it."""
        return [self._shown.c.occurred_at, self._shown.c.position]

    def cursors(self, given: Given, parent: str) -> Cursors:
        """Return the cursors of the timeline of the subject with this key."""
        return cursors_of(self._kind, parent)

    def list_texts(self) -> Sequence[ColumnElement[str]]:
        """Return, as JSON, that it is a timeline, and whose."""
        return [literal('"timeline"', Text), cast(func.to_json(cast(self._stream, Text)), Text)]

    def found(self, columns: Sequence[ColumnElement[Any]]) -> tuple[FromClause, Sequence[Any]]:
        """Return the entries of the page with these columns, and in which order they are shown."""
        shown, source = self._shown.c, self._entry.source
        places = [shown.occurred_at.label("by_time"), shown.position.label("by_position")]
        found = (
            select(*columns, *places)
            .select_from(source)
            .correlate_except(source)
            .subquery(self.building.name("page"))
        )
        return found, [found.c[place.name] for place in places]

    def counted(self) -> Any:
        """Return the statement for how many entries there are."""
        place = self._rows()
        filtered = func.count().filter(self._among(place))
        counted = select(func.count().label("totalCount"), filtered.label("filteredCount"))
        return counted.where(*self._seen(place)).correlate_except(place)

    def more(self, field: str) -> Expression:
        """Return `liveCursor`: the position up to which entries are shown."""
        assert field == "liveCursor"
        return self._through

    def _chosen_by(self, given: Given) -> Chosen:
        return chosen_by(self._kind, given.arguments(self.selected), through=0)

    def _as(self, types: Sequence[str], nodes: Sequence[FieldNode]) -> Expression:
        """Return an entry of one of these types, of all of which the same is selected."""
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
        """Return the entries of the page, one more than was asked for, as `EntryColumns` takes them."""
        place = self._rows()
        order = (place.c.occurred_at, place.c.position)
        return (
            select(*order, place.c.type, place.c.subject, place.c.organisation)
            .where(*self._seen(place), self._among(place), self._between(place))
            .order_by(*(one.desc() for one in order) if self.backwards else order)
            .limit(self.size + 1)
            .correlate_except(place)
            .subquery(self.building.name("chosen"))
        )

    def _rows(self) -> FromClause:
        found: FromClause = Timelines.table.alias(self.building.name("timeline"))
        return found

    def _seen(self, place: FromClause) -> list[ColumnElement[bool]]:
        """Return which rows of timelines are of the stream and may be seen."""
        of_stream = place.c.stream == self._stream
        return [of_stream, place.c.position <= self._through, told(place)]

    def _among(self, place: FromClause) -> ColumnElement[bool]:
        """Return whether an entry is among those that the arguments choose."""
        building, moment = self.building, DateTime(timezone=True)
        found: list[ColumnElement[bool]] = []
        if self._chosen.types:
            types = building.bind(ARRAY(Text), lambda given: list(self._chosen_by(given).types))
            found.append(place.c.type == any_(types))
        if self._chosen.since is not None:
            at = building.bind(moment, lambda given: self._chosen_by(given).since)
            found.append(place.c.occurred_at >= at)
        if self._chosen.until is not None:
            at = building.bind(moment, lambda given: self._chosen_by(given).until)
            found.append(place.c.occurred_at < at)
        return and_(true(), *found)

    def _between(self, place: FromClause) -> ColumnElement[bool]:
        """Return whether an entry stands between the places of the cursors."""
        order = (place.c.occurred_at, place.c.position)
        found: list[ColumnElement[bool]] = []
        for name in self.places:
            bounds = tuple_(
                *(
                    self.building.bind(column.type, self.cursor_place(name, at))
                    for at, column in enumerate(order)
                )
            )
            found.append(tuple_(*order) > bounds if name == "after" else tuple_(*order) < bounds)
        return and_(true(), *found)
