"""Timelines of the answer: entries of a stream, each as the type of its event has it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from graphql import FieldNode
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Text,
    any_,
    case,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from events.catalogue import VOCABULARY
from projections.audiences import SubjectThen, event_seen, seen
from projections.models.record import Entries, Voids
from projections.models.record import Timeline as Timelines
from projections.tables import TEXT, checkpoint, log_events
from service.graphql.arguments import page_size
from service.graphql.compiled.building import Building, Given, NotCompiled
from service.graphql.compiled.objects import Columns, as_object, expression, members
from service.graphql.compiled.values import Expression
from service.graphql.entries import EntryEvent
from service.graphql.selection import Selected
from service.graphql.timelines import NAME, Timeline, chosen_by

_TYPES: Mapping[str, str] = {kind.name: kind.model.__name__ for kind in VOCABULARY.kinds}


@expression.register
def _(source: Timeline, building: Building, row: Columns, selected: Selected) -> Expression:
    return _Timeline(building, source.kind, row["key"], selected).connection()


class Entry(Mapping[str, ColumnElement[Any]]):
    """The columns of an entry, with those of its event's data as JSON, such as `data.learning`."""

    def __init__(self, building: Building, place: Any, own: Any, judged: Any, line: Any) -> None:
        self.judged = judged
        self.event = line.c.event
        voids = Voids.table.alias(building.name("void"))
        self._columns: dict[str, ColumnElement[Any]] = {
            "position": place.c.position,
            "occurred_at": place.c.occurred_at,
            "type": place.c.type,
            "organisation": own.c.organisation,
            "cohort": own.c.cohort,
            "subject": own.c.subject,
            "time": self.said("time"),
            "recorded_time": self.said("recordedtime"),
            "actor": self.said("actor"),
            "given": self.said("visibility"),
            "voided_by": select(voids.c.voided_by)
            .where(voids.c.position == place.c.position)
            .correlate_except(voids)
            .scalar_subquery(),
        }

    def said(self, name: str) -> ColumnElement[str]:
        """Return an attribute of the event, as text."""
        found: ColumnElement[str] = self.event.op("->>", return_type=Text())(name)
        return found

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        if name in self._columns:
            return self._columns[name]
        data = self.event.op("->", return_type=JSON())("data")
        found: ColumnElement[Any] = data.op("->", return_type=JSON())(name.removeprefix("data."))
        if name != "data.event":
            return found
        # Named by source and id, it is where the log found it.
        about = self.event.op("->", return_type=JSON())("about")
        return case((func.json_typeof(found) == "object", about), else_=found)

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


@expression.register
def _(source: EntryEvent, building: Building, row: Columns, selected: Selected) -> Expression:
    assert isinstance(row, Entry)
    type_ = building.type("Event")
    values: dict[str, Callable[[], Any]] = {
        "__typename": lambda: literal(type_.name, Text),
        "position": lambda: row["position"],
        **{
            name: lambda name=name: row.said(name)
            for name in ("id", "source", "type", "subject", "time", "actor")
        },
        "recordedTime": lambda: row["recorded_time"],
        "visibility": lambda: func.upper(row["given"]),
        "organisation": lambda: row["organisation"],
        "data": lambda: row.event.op("->")("data"),
        "line": lambda: cast(row.event, Text),
        "voidedBy": lambda: row["voided_by"],
    }
    named = building.selection.named(type_, selected.nodes)
    made = select(*(values[same[0].name.value]().label(name) for name, same in named.items()))
    judged = row.judged
    names = func.unnest(judged.c.names).table_valued("stream").render_derived(building.name("name"))
    subject = SubjectThen(names.c.stream, judged.c.position)
    hidden = (
        select(literal(1))
        .select_from(subject.joined(names))
        .where(func.coalesce(seen(subject.audience), False).is_(False))
        .correlate(judged)
        .exists()
    )
    return case((~hidden, as_object(made, building)))


class _Timeline:
    """The timeline of a subject of a kind, by its key."""

    def __init__(
        self, building: Building, kind: str, key: ColumnElement[str], selected: Selected
    ) -> None:
        arguments = building.given.arguments(selected)
        if arguments.get("after") or arguments.get("before"):
            raise NotCompiled("a cursor below rows")
        self.building = building
        self.kind = kind
        self.key = key
        self.selected = selected
        most = building.limits.list_size_max
        self.backwards = page_size(arguments, most).backwards
        self.size = building.bind(
            Integer(), lambda given: page_size(given.arguments(selected), most).rows
        )
        self.chosen = chosen_by(kind, arguments, through=0)
        self.columns: list[ColumnElement[Any]] = []
        self.through = select(checkpoint.c.position).scalar_subquery()
        # Which entries, first; what is selected of them, once few are left.
        self.place = self._chosen()
        _, self.own, self.judged, self.line = self._tables()
        self.entry = Entry(building, self.place, self.own, self.judged, self.line)

    def _tables(self) -> tuple[Any, Any, Any, Any]:
        name = self.building.name
        return (
            Timelines.table.alias(name("timeline")),
            Entries.table.alias(name("own")),
            Entries.table.alias(name("judged")),
            log_events.alias(name("line")),
        )

    def connection(self) -> Expression:
        """Return the timeline as an object."""
        building = self.building
        type_ = building.type(f"{NAME}Connection")
        made: dict[str, Callable[[Any], Any]] = {}
        has_rows = is_counted = False
        for name, nodes in building.selection.named(type_, self.selected.nodes).items():
            match nodes[0].name.value:
                case "__typename":
                    made[name] = lambda pages: literal(type_.name, Text)
                case "nodes":
                    has_rows = True
                    made[name] = self._array(self._column(self._node(nodes)))
                case "edges":
                    has_rows = True
                    made[name] = self._array(self._column(self._edge(nodes)))
                case "pageInfo":
                    has_rows = True
                    made[name] = self._page_info(nodes)
                case "liveCursor":
                    made[name] = lambda pages: self.through
                case count:
                    is_counted = True
                    made[name] = lambda pages, count=count: pages[count]
        source: Any = None
        columns: dict[str, Any] = {}
        for one in (self._pages() if has_rows else None, self._counts() if is_counted else None):
            if one is not None:
                rows = one.subquery(building.name("part"))
                columns |= dict(rows.c.items())
                source = rows if source is None else source.join(rows, true())
        statement = select(*(member(columns).label(name) for name, member in made.items()))
        if source is not None:
            statement = statement.select_from(source)
        return as_object(statement, building, source)

    def _column(self, found: ColumnElement[Any]) -> str:
        name = self.building.name("of")
        self.columns.append(found.label(name))
        return name

    def _node(self, nodes: Sequence[FieldNode]) -> Expression:
        building = self.building
        shared = building.schema.get_type("TimelineEntry")
        fields = getattr(shared, "fields", {})
        # Types of which the same shared fields are selected are written as one.
        alike: dict[Any, list[str]] = {}
        for type_name, class_name in _TYPES.items():
            named = building.selection.named(building.type(class_name), nodes)
            is_shared = all(one[0].name.value in (*fields, "__typename") for one in named.values())
            form = tuple((name, *map(id, same)) for name, same in named.items())
            alike.setdefault(form if is_shared else type_name, []).append(type_name)
        written = [(types, self._as(types, nodes)) for types in alike.values()]
        most = max(written, key=lambda one: len(one[0]))
        others = [
            (self.entry["type"] == any_(literal(types, ARRAY(Text))), made)
            for types, made in written
            if types is not most[0]
        ]
        return case(*others, else_=most[1]) if others else most[1]

    def _as(self, types: Sequence[str], nodes: Sequence[FieldNode]) -> Expression:
        """Return an entry of one of these types, of all of which the same is selected."""
        building = self.building
        type_ = building.type(_TYPES[types[0]])
        own = members(building, type_, self.entry, nodes)
        if len(types) > 1:
            named = building.selection.named(type_, nodes)
            name_of = case(*((one, _TYPES[one]) for one in types), value=self.entry["type"])
            own = [
                name_of.label(one.name) if named[one.name][0].name.value == "__typename" else one
                for one in own
            ]
        return as_object(select(*own), building)

    def _edge(self, nodes: Sequence[FieldNode]) -> Expression:
        building = self.building
        edge = building.type(f"{NAME}Edge")
        made = []
        for name, same in building.selection.named(edge, nodes).items():
            match same[0].name.value:
                case "__typename":
                    made.append(literal(edge.name, Text).label(name))
                case "cursor":
                    made.append(self._cursor().label(name))
                case _:
                    made.append(self._node(same).label(name))
        return as_object(select(*made), building)

    def _cursor(self) -> ColumnElement[str]:
        at = cast(
            cast(func.extract("epoch", self.place.c.occurred_at) * 1_000_000, BigInteger), Text
        )
        text = (
            literal(f'["timeline","{self.kind}/', Text)
            .concat(self.key)
            .concat('",')
            .concat(at)
            .concat(",")
            .concat(cast(self.place.c.position, Text))
            .concat("]")
        )
        written = func.encode(func.convert_to(text, "UTF8"), "base64")
        return func.translate(func.replace(written, "\n", ""), "+/", "-_")

    def _page_info(self, nodes: Sequence[FieldNode]) -> Callable[[Any], Any]:
        building = self.building
        named = building.selection.named(building.type("PageInfo"), nodes)
        cursor = self._column(self._cursor())

        def made(pages: Any) -> Any:
            more = pages["found"] > self.size
            first, last = self._ends(pages)
            values = {
                "__typename": literal("PageInfo", Text),
                "hasNextPage": literal(False) if self.backwards else more,
                "hasPreviousPage": more if self.backwards else literal(False),
                "startCursor": pages[cursor][first],
                "endCursor": pages[cursor][last],
            }
            return as_object(
                select(*(values[same[0].name.value].label(name) for name, same in named.items())),
                building,
            )

        return made

    def _ends(self, pages: Any) -> tuple[Any, Any]:
        found = cast(pages["found"], Integer)
        if self.backwards:
            return func.greatest(found - self.size, 0) + 1, found
        return cast(literal(1), Integer), func.least(found, self.size)

    def _array(self, name: str) -> Callable[[Any], Any]:
        def made(pages: Any) -> Any:
            first, last = self._ends(pages)
            shown = func.array_to_json(pages[name][first:last])
            return func.coalesce(shown, func.json_build_array())

        return made

    def _seen(self, place: Any, own: Any, judged: Any) -> tuple[Any, list[Any]]:
        subject = SubjectThen(judged.c.subject, judged.c.position)
        joined = subject.joined(
            place.join(own, own.c.position == place.c.position).join(
                judged, judged.c.position == own.c.judged
            )
        )
        stream = literal(f"{self.kind}/", TEXT).concat(self.key)
        return joined, [
            place.c.stream == stream,
            place.c.position <= self.through,
            event_seen(judged, subject, judged.c.creates),
        ]

    def _among(self, place: Any) -> ColumnElement[bool]:
        selected, kind, building = self.selected, self.kind, self.building

        def chosen(given: Given) -> Any:
            return chosen_by(kind, given.arguments(selected), through=0)

        found: list[ColumnElement[bool]] = [true()]
        if self.chosen.types:
            types = building.bind(ARRAY(Text), lambda given: list(chosen(given).types))
            found.append(place.c.type == any_(types))
        if self.chosen.since is not None:
            at = building.bind(DateTime(timezone=True), lambda given: chosen(given).since)
            found.append(place.c.occurred_at >= at)
        if self.chosen.until is not None:
            at = building.bind(DateTime(timezone=True), lambda given: chosen(given).until)
            found.append(place.c.occurred_at < at)
        both = found[0]
        for one in found[1:]:
            both = both & one
        return both

    def _chosen(self) -> Any:
        place, own, judged, _ = self._tables()
        joined, where = self._seen(place, own, judged)
        order = (place.c.occurred_at, place.c.position)
        return (
            select(place.c.occurred_at, place.c.position, place.c.type)
            .select_from(joined)
            .where(*where, self._among(place))
            .order_by(*(one.desc() for one in order) if self.backwards else order)
            .limit(self.size + 1)
            .correlate_except(joined)
            .subquery(self.building.name("chosen"))
        )

    def _pages(self) -> Select[Any]:
        building, place = self.building, self.place
        source = (
            place.join(self.own, self.own.c.position == place.c.position)
            .join(self.judged, self.judged.c.position == self.own.c.judged)
            .join(self.line, self.line.c.position == place.c.position)
        )
        found = (
            select(
                *self.columns,
                place.c.occurred_at.label("by_time"),
                place.c.position.label("by_position"),
            )
            .select_from(source)
            .correlate_except(source)
            .subquery(building.name("page"))
        )
        arrays = [
            func.array_agg(
                aggregate_order_by(found.c[one.name], found.c.by_time, found.c.by_position),
                type_=ARRAY(one.type),
            ).label(one.name)
            for one in self.columns
        ]
        return select(*arrays, func.count().label("found")).select_from(found)

    def _counts(self) -> Select[Any]:
        place, own, judged, _ = self._tables()
        joined, where = self._seen(place, own, judged)
        return (
            select(
                func.count().label("totalCount"),
                func.count().filter(self._among(place)).label("filteredCount"),
            )
            .select_from(joined)
            .where(*where)
            .correlate_except(joined)
        )
