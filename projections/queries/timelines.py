"""Statements for the entries of timelines that the viewer may see, in pages and as counts. The graph uses them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from events.vocabulary.catalogue import VOCABULARY, Mark
from projections.folding.tables import TEXT, TEXTS, log_events
from projections.models.record import Entries, Timeline, Voids
from projections.models.subjects import FormerSubjects, SubjectAudiences
from projections.models.titles import TITLES
from projections.models.wordings import Wordings
from projections.queries.corrections import corrections_as_json
from projections.queries.lists import PARENT, texts
from projections.queries.viewers.audience_sql import (
    Condition,
    PastSubjectCondition,
    event_seen,
    names_seen,
    plain_event_seen,
    seen,
)

_ENTRIES: Final = Entries.table

RETITLING: Final = tuple(
    kind.name
    for kind in VOCABULARY.kinds
    if kind.mark is Mark.MOVES
    and len(kind.references[0].kinds) == 1
    and TITLES.get(kind.references[0].kinds[0]) in kind.fields
)
"""The types of events that may give their first subject another title."""

_GIVING_TITLES: Final = [
    *(
        (kind.name, TITLES[created])
        for kind in VOCABULARY.kinds
        for created in kind.creates
        if created in TITLES
    ),
    *((name, TITLES[VOCABULARY.named(name).references[0].kinds[0]]) for name in RETITLING),
]
"""The types of events with a title, and the field that has it."""


class TimelinePlace(NamedTuple):
    """A place in a timeline: by the time of the event, then by position."""

    occurred_at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """Selects entries of the streams of a kind: up to a position, of some types, in a half-open span of time.

    Entries with a time after `happened_by` are left out, from counts too.
    """

    kind: str
    through: int
    types: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    happened_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """A page of a timeline: at most `limit` entries between `after` and `before`, from the end if `backwards`.

    Entries are ordered by time, or `by_position`, which ignores the times in `after` and `before`.
    """

    limit: int
    backwards: bool = False
    after: TimelinePlace | None = None
    before: TimelinePlace | None = None
    by_position: bool = False


def order(entries: FromClause, *, by_position: bool = False) -> Sequence[ColumnElement[Any]]:
    """Return the columns by which entries are ordered: all of a `TimelinePlace`, or the last."""
    return (entries.c.position,) if by_position else (entries.c.occurred_at, entries.c.position)


def page(chosen: Chosen, part: TimelinePage, keys: Sequence[str]) -> Select[Any]:
    """Return the statement for a page of each timeline; the column `PARENT` has the key of an entry's timeline."""
    parents = _parents(keys)
    entries, statement = _entries(chosen, parents)
    by = order(entries, by_position=part.by_position)
    place = tuple_(*by)
    statement = statement.where(_among(chosen, entries))
    if part.after is not None:
        statement = statement.where(place > tuple_(*part.after[-len(by) :]))
    if part.before is not None:
        statement = statement.where(place < tuple_(*part.before[-len(by) :]))
    found = (
        statement.order_by(*(one.desc() for one in by) if part.backwards else by)
        .limit(part.limit)
        .correlate(parents)
        .lateral("found")
    )
    placed = select(parents.c.parent.label(PARENT), *found.c).select_from(
        parents.join(found, true())
    )
    shown = placed.subquery("placed")
    places = order(shown, by_position=part.by_position)
    return _shown(shown).order_by(*(one.desc() for one in places) if part.backwards else places)


def counts(chosen: Chosen, keys: Sequence[str]) -> Select[Any]:
    """Return the statement that counts the entries of each timeline: all visible ones, and the selected ones."""
    parents = _parents(keys)
    entries, statement = _entries(chosen, parents)
    counted = (
        statement.with_only_columns(
            func.count().label("total"),
            func.count().filter(_among(chosen, entries)).label("filtered"),
        )
        .correlate(parents)
        .lateral("counted")
    )
    return select(parents.c.parent.label(PARENT), *counted.c).select_from(
        parents.join(counted, true())
    )


def following(
    streams: Sequence[str], types: Sequence[str], *, after: int, through: int, limit: int
) -> Select[Any]:
    """Return the statement for the next entries after `after`, up to `through`, by position.

    They are in any of the streams of organisations and cohorts, or in the whole log if no streams are given. If no
    types are given, entries of all types are returned.
    """
    statement = _following(min(len(streams), 2), bool(types))
    asked = {"streams": list(streams)} if streams else {}
    if types:
        asked["types"] = list(types)
    return statement.params(after=after, through=through, most=limit, **asked)


@cache
def _following(streams: int, has_types: bool) -> Select[Any]:
    """Return the statement for no, one or several streams. Building it takes longer than running it."""
    columns = Timeline.table.c if streams else _ENTRIES.c
    found = select(columns.position, columns.occurred_at, columns.type).where(
        columns.position > _value("after", BigInteger()),
        columns.position <= _value("through", BigInteger()),
    )
    if streams:
        found = found.where(columns.stream == any_(cast(_value("streams", TEXTS), TEXTS)))
    if has_types:
        found = found.where(columns.type == any_(cast(_value("types", TEXTS), TEXTS)))
    # An entry may be in several of the streams.
    entries = (found.distinct() if streams > 1 else found).subquery("entries")
    most = _value("most", Integer())
    placed = _seen(entries).order_by(entries.c.position).limit(most).subquery("placed")
    return _shown(placed).order_by(placed.c.position)


def _value(name: str, type_: TypeEngine[Any]) -> BindParameter[Any]:
    return bindparam(name, type_=type_, required=True)


def with_visible_lines(positions: Sequence[int]) -> Select[Any]:
    """Return the statement for the entries whose lines the viewer may read: all subjects they name are visible, too."""
    own, judged, joined, seen = _judged()
    return (
        select(own.c.position)
        .select_from(joined)
        .where(
            own.c.position == any_(_positions(positions)),
            seen,
            names_seen(judged.c.names, judged.c.position),
        )
    )


def last_visible_line(after: int) -> Select[Any]:
    """Return the statement for the last entry after a position whose line the viewer may read."""
    own, judged, joined, seen = _judged()
    return (
        select(own.c.position)
        .select_from(joined)
        .where(own.c.position > after, seen, names_seen(judged.c.names, judged.c.position))
        .order_by(own.c.position.desc())
        .limit(1)
    )


def known(streams: Sequence[str]) -> Select[Any]:
    """Return the statement for the titles of those of these subjects that the viewer may see."""
    subjects = SubjectAudiences.table.c
    return select(
        subjects.stream, subjects.kind, subjects.position, subjects.title, subjects.owners
    ).where(subjects.stream == any_(texts(streams)), seen(subjects.audience))


def former_titles(positions: Sequence[int]) -> Select[Any]:
    """Return the statement for the former titles in these entries (see `former_title`)."""
    return select(
        _ENTRIES.c.position,
        former_title(_ENTRIES.c.position, _ENTRIES.c.type, _ENTRIES.c.subject).label("former"),
    ).where(_ENTRIES.c.position == any_(_positions(positions)))


def former_title(
    position: ColumnElement[int], type_: ColumnElement[str], subject: ColumnElement[str]
) -> ColumnElement[str | None]:
    """Return the title that the first subject of an entry had before; null unless the event may give it another."""
    own = Wordings.table.alias("former")
    title = (
        select(own.c.text)
        .where(
            own.c.stream == subject,
            own.c.position < position,
            or_(
                *(
                    and_(own.c.type == type_name, own.c.field == field)
                    for type_name, field in _GIVING_TITLES
                )
            ),
        )
        .order_by(own.c.position.desc())
        .limit(1)
        .correlate_except(own)
        .scalar_subquery()
    )
    return case((type_ == any_(texts(RETITLING)), title))


def at(positions: Sequence[int]) -> Select[Any]:
    """Return the statement for the entries at these positions."""
    found = (
        select(_ENTRIES.c.position, _ENTRIES.c.occurred_at, _ENTRIES.c.type)
        .where(_ENTRIES.c.position == any_(_positions(positions)))
        .subquery("entries")
    )
    return _shown(_seen(found).subquery("placed"))


def creations(streams: Sequence[str]) -> Select[Any]:
    """Return the statement for the positions at which the subjects of these streams were created, also former ones."""
    found = union_all(
        *(
            select(table.c.stream, table.c.position).where(
                table.c.stream == any_(texts(streams)), seen(table.c.audience)
            )
            for table in (SubjectAudiences.table, FormerSubjects.table)
        )
    )
    return select(found.subquery("created"))


def _positions(positions: Sequence[int]) -> Any:
    return cast(literal(list(positions), ARRAY(BigInteger)), ARRAY(BigInteger))


def _parents(keys: Sequence[str]) -> Any:
    return select(
        func.unnest(cast(literal(list(keys), ARRAY(Text)), ARRAY(Text))).label("parent")
    ).subquery("parents")


def _shown(found: FromClause) -> Select[Any]:
    """Return the statement for entries with their lines. It is applied last, when few entries are left."""
    voids, line = Voids.table, log_events.alias("line")
    return select(
        *found.c,
        cast(line.c.event, Text).label("line"),
        cast(line.c.streams, Text).label("streams"),
        voids.c.voided_by,
        corrections_as_json(found.c.position).label("corrections"),
    ).select_from(
        found.join(line, line.c.position == found.c.position).outerjoin(
            voids, voids.c.position == found.c.position
        )
    )


def _entries(chosen: Chosen, parents: Any) -> tuple[FromClause, Select[Any]]:
    """Return the table of timelines, and the statement for the visible entries in the timelines of the parents."""
    place = Timeline.table.alias("entries")
    found = select(place.c.position, place.c.occurred_at, place.c.type).where(
        place.c.stream == literal(f"{chosen.kind}/", TEXT) + parents.c.parent,
        place.c.position <= chosen.through,
        entry_seen(place),
    )
    if chosen.happened_by is not None:
        found = found.where(place.c.occurred_at <= chosen.happened_by)
    return place, found


def entry_seen(place: FromClause) -> Condition:
    """Return whether the viewer may see rows of timelines."""
    own, _, joined, seen = _judged()
    apart = (
        select(seen)
        .select_from(joined)
        .where(own.c.position == place.c.position)
        .correlate(place)
        .scalar_subquery()
    )
    subject = PastSubjectCondition(place.c.subject, place.c.position)
    return case((place.c.apart, apart), else_=plain_event_seen(place, subject))


def _among(chosen: Chosen, entries: FromClause) -> Condition:
    conditions: list[Condition] = []
    if chosen.types:
        conditions.append(entries.c.type.in_(chosen.types))
    if chosen.since is not None:
        conditions.append(entries.c.occurred_at >= chosen.since)
    if chosen.until is not None:
        conditions.append(entries.c.occurred_at < chosen.until)
    return and_(true(), *conditions)


def _seen(entries: FromClause) -> Select[Any]:
    """Return the statement for those of the entries that the viewer may see."""
    own, _, joined, seen = _judged()
    found = select(entries).select_from(entries.join(joined, own.c.position == entries.c.position))
    return found.where(seen)


def _judged() -> tuple[FromClause, FromClause, Any, Condition]:
    """Return all entries, the entries that decide their visibility, the join of both, and whether they are visible."""
    own, judged = _ENTRIES.alias("own"), _ENTRIES.alias("judged")
    subject = PastSubjectCondition(judged.c.subject, judged.c.position)
    joined = own.join(judged, judged.c.position == own.c.judged)
    return own, judged, joined, event_seen(judged, subject, judged.c.creates)
