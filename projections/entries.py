"""Entries of timelines: the events that stand in a stream, as somebody may see them, counted as well as shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    FromClause,
    Select,
    Subquery,
    Text,
    and_,
    cast,
    func,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from projections.judging import events, judged, short, stream_events
from projections.models.record import Timeline, Voids
from projections.seeing import Condition, Seeing
from projections.tables import TEXT


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
        select(events.c.position, events.c.occurred_at, short(events.c.type).label("type"))
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
            select(events.c.position, events.c.occurred_at, short(events.c.type).label("type"))
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
    return entries, line, judged(seeing, entries, line, joined)
