"""Entries of timelines: the events that stand in a stream, as somebody may see them.

An event's own place is judged as `events.visibility` judges it, here in SQL and for all entries of a timeline at once,
so that they can be counted as well as shown. What an entry names may be hidden all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    MetaData,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    case,
    cast,
    column,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from events.catalogue import VOCABULARY
from events.senders import Role
from events.types import Mark
from projections.models import PROJECTIONS
from projections.models.record import Levels, Timeline, Voids
from projections.projection import Subjects
from projections.seeing import (
    COHORT,
    PRIVATE,
    PUBLIC,
    Condition,
    Seeing,
    narrower,
    owned_by_any,
)
from projections.tables import MOMENT, TEXT

_log: Final = MetaData()
events: Final = Table(
    "events",
    _log,
    Column("position", BigInteger, primary_key=True),
    Column("type", TEXT),
    Column("occurred_at", MOMENT),
    Column("recorded_at", MOMENT),
    Column("streams", JSON),
    Column("event", JSON),
)
stream_events: Final = Table(
    "stream_events",
    _log,
    Column("stream", TEXT),
    Column("version", BigInteger),
    Column("position", BigInteger),
)

SUBJECTS: Final = {
    projection.kind: projection.table
    for projection in PROJECTIONS
    if isinstance(projection, Subjects)
}
"""The table of each kind of subject."""

_ORGANISATION: Final = "organisation/"
_SHORT: Final = r"^org\.howcanwe\.(.*)\.v[0-9]+$"


class Place(NamedTuple):
    """A place in a timeline: by time as told, then by position."""

    occurred_at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which entries of the streams of a kind are asked for: up to a position, of some types, in a half-open span."""

    kind: str
    through: int
    after: int = 0
    types: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a timeline: at most `limit` entries between two places, from the end if `backwards`."""

    limit: int
    backwards: bool = False
    after: Place | None = None
    before: Place | None = None


def page(seeing: Seeing, chosen: Chosen, part: Part, keys: Sequence[str]) -> Select[Any]:
    """Return the statement for a part of each timeline, by the key whose it is: `parent` in the answer."""
    parents = _parents(keys)
    entries, line, statement = _seen(seeing, _entries(chosen, parents))
    place = tuple_(entries.c.occurred_at, entries.c.position)
    statement = _shown(statement.where(_among(chosen, entries)), entries, line)
    if part.after is not None:
        statement = statement.where(place > tuple_(*part.after))
    if part.before is not None:
        statement = statement.where(place < tuple_(*part.before))
    order = (entries.c.occurred_at, entries.c.position)
    found = (
        statement.order_by(*(one.desc() for one in order) if part.backwards else order)
        .limit(part.limit)
        .correlate(parents)
        .lateral("found")
    )
    return select(parents.c.parent, *found.c).select_from(parents.join(found, true()))


def counts(seeing: Seeing, chosen: Chosen, keys: Sequence[str]) -> Select[Any]:
    """Return the statement for how many entries each timeline has for the viewer, and how many of them are chosen."""
    parents = _parents(keys)
    entries, _, statement = _seen(seeing, _entries(chosen, parents))
    counted = (
        statement.with_only_columns(
            func.count().label("total"),
            func.count().filter(_among(chosen, entries)).label("filtered"),
        )
        .correlate(parents)
        .lateral("counted")
    )
    return select(parents.c.parent, *counted.c).select_from(parents.join(counted, true()))


def in_order(seeing: Seeing, chosen: Chosen, key: str, *, limit: int) -> Select[Any]:
    """Return the statement for the next entries of one timeline by position."""
    entries, line, statement = _seen(seeing, _entries(chosen, key))
    return (
        _shown(statement.where(_among(chosen, entries)), entries, line)
        .order_by(entries.c.position)
        .limit(limit)
    )


def at(seeing: Seeing, positions: Sequence[int]) -> Select[Any]:
    """Return the statement for the entries at these positions."""
    found = (
        select(events.c.position, events.c.occurred_at, _short(events.c.type).label("type"))
        .where(events.c.position.in_(positions))
        .subquery("entries")
    )
    entries, line, statement = _seen(seeing, found)
    return _shown(statement, entries, line)


def _parents(keys: Sequence[str]) -> Any:
    return select(
        func.unnest(cast(literal(list(keys), ARRAY(Text)), ARRAY(Text))).label("parent")
    ).subquery("parents")


def _shown(statement: Select[Any], entries: FromClause, line: FromClause) -> Select[Any]:
    """Return the statement with what is shown of an entry."""
    voids = Voids.table
    return statement.outerjoin(voids, voids.c.position == entries.c.position).with_only_columns(
        entries.c.position,
        entries.c.occurred_at,
        entries.c.type,
        cast(line.c.event, Text).label("line"),
        cast(line.c.streams, Text).label("streams"),
        voids.c.voided_by,
    )


def _short(wire: ColumnElement[str]) -> ColumnElement[str]:
    return func.regexp_replace(wire, _SHORT, r"\1")


def _entries(chosen: Chosen, of: Any) -> Subquery:
    """Return the entries of the timeline of a key, or of each of some keys."""
    key = literal(of) if isinstance(of, str) else of.c.parent
    if chosen.kind == "organisation":
        timeline = Timeline.table.c
        found = select(timeline.position, timeline.occurred_at, timeline.type).where(
            timeline.organisation == key,
            timeline.position <= chosen.through,
            timeline.position > chosen.after,
        )
    else:
        found = (
            select(events.c.position, events.c.occurred_at, _short(events.c.type).label("type"))
            .join(stream_events, stream_events.c.position == events.c.position)
            .where(
                stream_events.c.stream == literal(f"{chosen.kind}/", TEXT) + key,
                stream_events.c.position <= chosen.through,
                stream_events.c.position > chosen.after,
            )
        )
    return (found if isinstance(of, str) else found.correlate(of)).subquery("entries")


def _among(chosen: Chosen, entries: FromClause) -> Condition:
    conditions: list[Condition] = []
    if chosen.types:
        conditions.append(entries.c.type.in_(chosen.types))
    if chosen.since is not None:
        conditions.append(entries.c.occurred_at >= chosen.since)
    if chosen.until is not None:
        conditions.append(entries.c.occurred_at < chosen.until)
    return and_(true(), *conditions)


def _seen(seeing: Seeing, entries: FromClause) -> tuple[FromClause, FromClause, Select[Any]]:
    """Return the entries, their events, and the statement for those of them that the viewer may see."""
    line = events.alias("line")
    joined = entries.join(line, line.c.position == entries.c.position)
    if seeing.everything:
        return entries, line, select(entries).select_from(joined)
    return entries, line, _judged(seeing, entries, line, joined)


def _judged(seeing: Seeing, entries: FromClause, line: FromClause, joined: Any) -> Select[Any]:
    # An event about an event is seen like that one; the void of a change of an event's level is about both.
    about, last = events.alias("about"), events.alias("last")
    joined = joined.outerjoin(about, about.c.position == _about(line)).outerjoin(
        last, last.c.position == _about(about)
    )
    judged = (
        select(
            func.coalesce(last.c.position, about.c.position, line.c.position).label("position"),
            func.regexp_replace(
                func.coalesce(last.c.type, about.c.type, line.c.type), _SHORT, r"\1"
            ).label("type"),
            func.coalesce(last.c.event, about.c.event, line.c.event).label("event"),
            func.coalesce(last.c.streams, about.c.streams, line.c.streams).label("streams"),
        )
        .correlate(line, about, last)
        .lateral("judged")
    )
    subject = judged.c.event.op("->>", return_type=Text())("subject")
    first = _first(subject, judged.c.position)
    earlier = _earlier(subject, judged.c.position)
    joined = (
        joined.join(judged, true())
        .outerjoin(first, true())
        .outerjoin(earlier, first.c.level.is_(None))
    )
    level = func.coalesce(first.c.level, earlier.c.level)
    owners = func.coalesce(first.c.owners, earlier.c.owners)
    cohort = case((first.c.level.is_not(None), first.c.cohort), else_=earlier.c.cohort)
    everybodys = func.coalesce(first.c.everybodys, earlier.c.everybodys)
    return (
        select(entries)
        .select_from(joined)
        .where(_sees(seeing, judged, level, owners, cohort, everybodys))
    )


def _sees(
    seeing: Seeing,
    judged: FromClause,
    level: ColumnElement[str],
    owners: ColumnElement[Any],
    cohort: ColumnElement[str],
    everybodys: ColumnElement[bool],
) -> Condition:
    type_, event = judged.c.type, judged.c.event
    levels = Levels.table
    changed = (
        select(levels.c.given)
        .where(levels.c.of == literal("event/") + cast(judged.c.position, Text))
        .order_by(levels.c.position.desc())
        .limit(1)
        .scalar_subquery()
    )
    given = event.op("->>", return_type=Text())("visibility")
    own = func.coalesce(changed, given)
    adds = type_.in_(_types(Mark.ADDS))
    creates = type_.in_(_types(Mark.CREATES))
    of_organisation = event.op("->>", return_type=Text())("subject").startswith(_ORGANISATION)
    its_level = case(
        (and_(of_organisation, type_ == "organisation.left"), COHORT),
        (and_(of_organisation, adds), func.coalesce(own, COHORT)),
        (adds, narrower(level, own)),
        else_=level,
    )
    its_cohort = case((of_organisation, _own_cohort(judged.c.streams)), else_=cohort)
    everybody = Role.PUBLIC is not seeing.viewer.role
    joined = type_ == "organisation.joined"
    return case(
        (
            creates,
            or_(
                and_(everybodys, seeing.everybodys(level)),
                seeing.reaches(level, owned_by_any(owners), cohort),
            ),
        ),
        (level.is_(None), false()),
        else_=or_(
            _acts(seeing, type_, event),
            and_(joined, true() if everybody else given == PUBLIC),
            and_(~joined, seeing.reaches(its_level, owned_by_any(owners), its_cohort)),
        ),
    )


def _acts(seeing: Seeing, type_: ColumnElement[str], event: ColumnElement[Any]) -> Condition:
    if seeing.viewer.organisation is None:
        return false()
    data = event.op("->")("data")
    acting = case(
        (type_ == "inspiration.shared", data.op("->>", return_type=Text())("by")),
        else_=data.op("->>", return_type=Text())("organisation"),
    )
    return acting == seeing.viewer.organisation


def _about(rows: FromClause) -> ColumnElement[int]:
    """Return the position of the event that an event is about."""
    data = rows.c.event.op("->")("data")
    of = data.op("->>", return_type=Text())("of")
    return case(
        (
            rows.c.type.in_(wire_names("event.voided")),
            cast(data.op("->>", return_type=Text())("event"), BigInteger),
        ),
        (
            and_(rows.c.type.in_(wire_names("visibility.changed")), of.startswith("event/")),
            cast(func.substr(of, len("event/") + 1), BigInteger),
        ),
        else_=null(),
    )


def _first(subject: ColumnElement[str], position: ColumnElement[int]) -> Any:
    """Return what is known of the first subject of an event, if it was there at the event's position."""
    kind, key = func.split_part(subject, "/", 1), func.split_part(subject, "/", 2)
    found = []
    for name, table in SUBJECTS.items():
        rows = table.alias()
        level: Any = literal(PRIVATE) if name == "person" else rows.c.level
        everybodys: Any = {"cohort": true(), "organisation": true()}.get(name, false())
        owners: Any = _array(rows.c.organisation)
        if name == "pairing":
            owners = cast(rows.c.organisations, ARRAY(Text))
        if name == "question":
            everybodys = rows.c.shared
        found.append(
            select(
                level.label("level"),
                owners.label("owners"),
                rows.c.cohort.label("cohort"),
                everybodys.label("everybodys"),
            ).where(kind == name, rows.c.key == key, rows.c.position <= position)
        )
    return union_all(*found).lateral("first")


def _earlier(subject: ColumnElement[str], position: ColumnElement[int]) -> Any:
    """Return what was known of a subject that was taken back since: what the event said that created it."""
    kind = func.split_part(subject, "/", 1)
    created, standing = events.alias("created"), stream_events.alias("standing")
    data = created.c.event.op("->")("data")
    fields = [
        (
            wire,
            next(found.field for found in event_kind.references if found.creates == name),
            name,
        )
        for event_kind in VOCABULARY.kinds
        for name in event_kind.creates
        for wire in wire_names(event_kind.name)
    ]
    creates = or_(
        *(
            and_(
                created.c.type == wire,
                kind == name,
                data.op("->>", return_type=Text())(field_) == func.split_part(subject, "/", 2),
            )
            for wire, field_, name in fields
        )
    )
    deviant = data.op("->>", return_type=Text())("failure_cause") == "deviance"
    given = created.c.event.op("->>", return_type=Text())("visibility")
    level = case(
        (kind == "person", PRIVATE),
        else_=func.coalesce(given, case((deviant, PRIVATE), else_=COHORT)),
    )
    members = cast(
        select(func.array_agg(column("value")))
        .select_from(
            func.json_array_elements_text(data.op("->")("organisations")).table_valued("value")
        )
        .scalar_subquery(),
        ARRAY(Text),
    )
    owner = case(
        (kind == "inspiration", data.op("->>", return_type=Text())("by")),
        (kind == "cohort", null()),
        else_=data.op("->>", return_type=Text())("organisation"),
    )
    owners = case((kind == "pairing", members), else_=_array(owner))
    everybodys = or_(
        kind.in_(("cohort", "organisation")),
        and_(kind == "question", created.c.type.in_(wire_names("cohort.formed"))),
    )
    return (
        select(
            level.label("level"),
            owners.label("owners"),
            _own_cohort(created.c.streams).label("cohort"),
            everybodys.label("everybodys"),
        )
        .join(standing, standing.c.position == created.c.position)
        .where(standing.c.stream == subject, standing.c.position <= position, creates)
        .order_by(standing.c.version.desc())
        .limit(1)
        .lateral("earlier")
    )


def _own_cohort(streams: ColumnElement[Any]) -> ColumnElement[str]:
    """Return the cohort of the event that stands in these streams: `events.streams.own_cohort` in SQL."""
    keys = (
        func.json_object_keys(streams)
        .table_valued("stream", with_ordinality="place")
        .render_derived()
    )
    return (
        select(func.substr(keys.c.stream, len("cohort/") + 1))
        .where(keys.c.place <= 2, keys.c.stream.startswith("cohort/"))
        .limit(1)
        .scalar_subquery()
    )


def _array(value: Any) -> ColumnElement[Any]:
    return cast(func.string_to_array(value, ","), ARRAY(Text))


def _types(mark: Mark) -> list[str]:
    return [kind.name for kind in VOCABULARY.kinds if kind.mark is mark]


def wire_names(name: str) -> list[str]:
    """Return the full names under which events of a type stand in the log, one for each version."""
    kind = VOCABULARY.named(name)
    prefix = kind.wire_name.rpartition(".v")[0]
    return [f"{prefix}.v{version}" for version in range(1, kind.model.version + 1)]
