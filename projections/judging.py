"""Whether somebody may see an event that stands in a timeline: `events.visibility` in SQL, for many events at once.

An event's own place is judged; what it names may be hidden all the same.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    MetaData,
    Numeric,
    Select,
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
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from events.catalogue import VOCABULARY
from events.senders import Role
from events.terms import Visibility
from events.types import Mark
from projections.histories import wire_names
from projections.models import SUBJECTS
from projections.models.record import Levels
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

_ORGANISATION: Final = "organisation/"
_SHORT: Final = r"^org\.howcanwe\.(.*)\.v[0-9]+$"


def short(wire: ColumnElement[str]) -> ColumnElement[str]:
    """Return the name of a type, such as `cohort.formed`, by its full one."""
    return func.regexp_replace(wire, _SHORT, r"\1")


def judged(seeing: Seeing, entries: FromClause, line: FromClause, joined: Any) -> Select[Any]:
    """Return the statement for those entries that the viewer may see; `joined` has them beside their lines."""
    # An event about an event is seen like that one; the void of a change of an event's level is about both.
    about, last = events.alias("about"), events.alias("last")
    joined = joined.outerjoin(about, about.c.position == _about(line)).outerjoin(
        last, last.c.position == _about(about)
    )
    looked_at = (
        select(
            func.coalesce(last.c.position, about.c.position, line.c.position).label("position"),
            short(func.coalesce(last.c.type, about.c.type, line.c.type)).label("type"),
            func.coalesce(last.c.event, about.c.event, line.c.event).label("event"),
            func.coalesce(last.c.streams, about.c.streams, line.c.streams).label("streams"),
        )
        .correlate(line, about, last)
        .lateral("judged")
    )
    subject = looked_at.c.event.op("->>", return_type=Text())("subject")
    first = _first(subject, looked_at.c.position)
    earlier = _earlier(subject, looked_at.c.position)
    joined = (
        joined.join(looked_at, true())
        .outerjoin(first, true())
        .outerjoin(earlier, first.c.level.is_(None))
    )
    levels = Levels.table
    changed = (
        select(levels.c.given)
        .where(levels.c.of == literal("event/") + cast(looked_at.c.position, Text))
        .order_by(levels.c.position.desc())
        .limit(1)
        .scalar_subquery()
    )
    given = looked_at.c.event.op("->>", return_type=Text())("visibility")
    event = Said(
        type=looked_at.c.type,
        organisation=_acting(looked_at),
        cohort=_recorded_cohort(looked_at.c.streams),
        level=func.coalesce(changed, given),
        is_of_organisation=subject.startswith(_ORGANISATION),
    )
    audience = Audience(
        level=func.coalesce(first.c.level, earlier.c.level),
        owners=func.coalesce(first.c.owners, earlier.c.owners),
        cohort=case((first.c.level.is_not(None), first.c.cohort), else_=earlier.c.cohort),
        everybodys=func.coalesce(first.c.everybodys, earlier.c.everybodys),
    )
    return select(entries).select_from(joined).where(seen(seeing, event, audience))


@dataclass(frozen=True, slots=True)
class Said:
    """What an event says of itself: `organisation` acts in it, `cohort` is its own, `level` the one for itself."""

    type: ColumnElement[str]
    organisation: ColumnElement[str]
    cohort: ColumnElement[str]
    level: ColumnElement[str]
    is_of_organisation: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Audience:
    """To whom a subject is shown; `level` is null where nothing is known of it."""

    level: ColumnElement[str]
    owners: ColumnElement[Any]
    cohort: ColumnElement[str]
    everybodys: ColumnElement[bool]


def shown(seeing: Seeing, subject: Audience) -> Condition:
    """Return whether a subject with this audience is shown to the viewer."""
    if seeing.everything:
        return true()
    return or_(
        and_(subject.everybodys, seeing.everybodys(subject.level)),
        seeing.reaches(subject.level, owned_by_any(subject.owners), subject.cohort),
    )


def seen(seeing: Seeing, event: Said, subject: Audience) -> Condition:
    """Return whether the viewer may see an event whose first subject has this audience."""
    if seeing.everything:
        return true()
    level, owners = subject.level, owned_by_any(subject.owners)
    adds = event.type.in_(_types(Mark.ADDS))
    creates = event.type.in_(_types(Mark.CREATES))
    its_level = case(
        (and_(event.is_of_organisation, event.type == "organisation.left"), COHORT),
        (and_(event.is_of_organisation, adds), func.coalesce(event.level, COHORT)),
        (adds, narrower(level, event.level)),
        else_=level,
    )
    its_cohort = case((event.is_of_organisation, event.cohort), else_=subject.cohort)
    everybody = Role.PUBLIC is not seeing.viewer.role
    joined = event.type == "organisation.joined"
    mine = seeing.viewer.organisation
    return case(
        (creates, shown(seeing, subject)),
        (level.is_(None), false()),
        else_=or_(
            false() if mine is None else event.organisation == mine,
            and_(joined, true() if everybody else event.level == PUBLIC),
            and_(~joined, seeing.reaches(its_level, owners, its_cohort)),
        ),
    )


def _acting(judged: FromClause) -> ColumnElement[str]:
    data = judged.c.event.op("->")("data")
    return case(
        (judged.c.type == "inspiration.shared", data.op("->>", return_type=Text())("by")),
        else_=data.op("->>", return_type=Text())("organisation"),
    )


def _about(rows: FromClause) -> ColumnElement[int]:
    """Return the position of the event that an event is about."""
    data = rows.c.event.op("->")("data")
    of = data.op("->>", return_type=Text())("of")
    return case(
        (
            rows.c.type.in_(wire_names(VOCABULARY, ["event.voided"])),
            case(
                # Named by source and id, it is where the log found it.
                (
                    func.json_typeof(data.op("->")("event")) == "object",
                    cast(rows.c.event.op("->>", return_type=Text())("about"), BigInteger),
                ),
                # An integer may be spelled 12.0.
                else_=cast(cast(data.op("->>", return_type=Text())("event"), Numeric), BigInteger),
            ),
        ),
        (
            and_(
                rows.c.type.in_(wire_names(VOCABULARY, ["visibility.changed"])),
                of.startswith("event/"),
            ),
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
        for wire in wire_names(VOCABULARY, [event_kind.name])
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
    published = created.c.type.in_(_released_to_all())
    given = created.c.event.op("->>", return_type=Text())("visibility")
    level = case(
        (kind == "person", PRIVATE),
        else_=func.coalesce(given, case((deviant, PRIVATE), (published, PUBLIC), else_=COHORT)),
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
        and_(kind == "question", created.c.type.in_(wire_names(VOCABULARY, ["cohort.formed"]))),
    )
    return (
        select(
            level.label("level"),
            owners.label("owners"),
            _recorded_cohort(created.c.streams).label("cohort"),
            everybodys.label("everybodys"),
        )
        .join(standing, standing.c.position == created.c.position)
        .where(standing.c.stream == subject, standing.c.position <= position, creates)
        .order_by(standing.c.version.desc())
        .limit(1)
        .lateral("earlier")
    )


def _recorded_cohort(streams: ColumnElement[Any]) -> ColumnElement[str]:
    """Return the cohort of the event that stands in these streams: `events.placement.recorded_cohort` in SQL."""
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


def _released_to_all() -> list[str]:
    """Return the full names of the types whose events are public where their sender gave no level."""
    return [
        wire
        for kind in VOCABULARY.kinds
        for version, wire in enumerate(kind.wire_names, 1)
        if kind.model.default_level({}, version) is Visibility.PUBLIC
    ]


def _types(mark: Mark) -> list[str]:
    return [kind.name for kind in VOCABULARY.kinds if kind.mark is mark]
