"""Statements for the corrections of events and of subjects, and for how events read. The graph uses them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types.record import EventCorrected
from projections.models.record import Corrections, Voids
from projections.models.subjects import SubjectAudiences
from projections.queries.lists import PARENT, texts
from projections.queries.viewers.audience_sql import seen

CORRECTABLE: Final = frozenset(name for kind in VOCABULARY.kinds for name in kind.correctable)
"""The fields of any type that may be corrected."""

_FIELDS: Final = VOCABULARY.of(EventCorrected).checked("fields")
_TABLE: Final = Corrections.table


def of_events(positions: Sequence[int], through: int) -> Select[Any]:
    """Return the statement for the corrections of events that stand at a position, and for those that events made.

    The column `PARENT` has the position of the event.
    """
    asked = select(func.unnest(_positions(positions)).label("position")).subquery("asked")
    joined = asked.join(_TABLE, is_of_event(_TABLE, asked.c.position))
    return _corrections(asked.c.position, through).select_from(joined)


def of_subjects(streams: Sequence[str], through: int) -> Select[Any]:
    """Return the statement for the corrections of events that created or changed subjects.

    The column `PARENT` has the stream of the subject. Corrections of what is hidden from the viewer are left out.
    """
    asked = select(func.unnest(texts(streams)).label("stream")).subquery("asked")
    joined = asked.join(_TABLE, is_of_subject(_TABLE, asked.c.stream))
    return _corrections(asked.c.stream, through).select_from(joined)


def is_of_event(rows: FromClause, position: ColumnElement[int]) -> ColumnElement[bool]:
    """Return whether a row of the table corrects the event at the position, or is of that event itself."""
    return or_(rows.c.corrected == position, rows.c.position == position)


def is_of_subject(rows: FromClause, stream: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether a row of the table corrects an event that created or changed a subject, and is not hidden."""
    subjects = SubjectAudiences.table.alias("corrected_subject")
    shown = or_(rows.c.seen_with_subject, seen(subjects.c.below))
    subject = select(literal(1)).where(
        subjects.c.stream == stream, subjects.c.position <= rows.c.corrected, shown
    )
    return and_(
        rows.c.subject == stream, rows.c.changes, subject.correlate_except(subjects).exists()
    )


def touched(positions: Sequence[int]) -> Select[Any]:
    """Return the statement for the voids of events, and whether they were corrected or are corrections.

    It has a row for each position. It is the same for every viewer.
    """
    asked = select(func.unnest(_positions(positions)).label("position")).subquery("asked")
    voids = Voids.table
    own = _TABLE.alias("own_corrections")
    is_corrected = select(literal(1)).where(is_of_event(own, asked.c.position))
    return select(
        asked.c.position,
        voids.c.voided_by,
        is_corrected.correlate_except(own).exists().label("is_corrected"),
    ).select_from(asked.outerjoin(voids, voids.c.position == asked.c.position))


def stands(rows: FromClause) -> ColumnElement[bool]:
    """Return whether the correction in a row of the table is not voided."""
    return rows.c.voided_by.is_(None)


def columns(rows: FromClause) -> Mapping[str, ColumnElement[Any]]:
    """Return what is shown of a correction. The values of the field are null if the viewer may not see them."""
    is_shown = seen(rows.c.wording_audience)
    values = {name: case((is_shown, rows.c[name])) for name in ("before", "after")}
    names = ("position", "corrected", "field", "occurred_at", "actor", "reason")
    return {name: rows.c[name] for name in names} | values


def _corrections(parent: ColumnElement[Any], through: int) -> Select[Any]:
    shown = (column.label(name) for name, column in columns(_TABLE).items())
    return select(parent.label(PARENT), *shown).where(_stand_at(through))


def hidden_lines(positions: Sequence[int]) -> Select[Any]:
    """Return the statement for those of the events whose first wording the viewer may not see in the graph.

    These are corrected events and corrections. Only the organisation whose event it is and its facilitators see it.
    """
    asked = select(func.unnest(_positions(positions)).label("position")).subquery("asked")
    return select(asked.c.position).where(is_line_hidden(asked.c.position))


def unseen_wordings(positions: Sequence[int]) -> Select[Any]:
    """Return the statement for those of the events that were ever corrected and whose wordings the viewer may not see.

    A correction counts though it is voided: what stood between is seen by no one else, either.
    """
    asked = select(func.unnest(_positions(positions)).label("position")).subquery("asked")
    own = _TABLE.alias("own_wordings")
    is_unseen = select(literal(1)).where(
        own.c.corrected == asked.c.position, not_(seen(own.c.wording_audience))
    )
    return select(asked.c.position).where(is_unseen.correlate_except(own).exists())


def corrections_of_hidden_lines(positions: Sequence[int]) -> Select[Any]:
    """Return the statement for the same events, with their corrections as JSON."""
    asked = select(func.unnest(_positions(positions)).label("position")).subquery("asked")
    corrections = corrections_as_json(asked.c.position).label("corrections")
    return select(asked.c.position, corrections).where(is_line_hidden(asked.c.position))


def is_line_hidden(position: ColumnElement[int]) -> ColumnElement[bool]:
    """Return whether the viewer may not see the first wording of the event at the position."""
    hidden = _TABLE.alias("hidden")
    return (
        select(literal(1))
        .select_from(hidden)
        .where(
            or_(
                and_(hidden.c.corrected == position, stands(hidden)),
                hidden.c.position == position,
            ),
            not_(seen(hidden.c.wording_audience)),
        )
        .correlate_except(hidden)
        .exists()
    )


def corrections_as_json(position: ColumnElement[int]) -> ColumnElement[Any]:
    """Return the corrections of an event: each field, value, position and position of the void, as JSON."""
    own = _TABLE.alias("own_corrections")
    row = func.json_build_array(own.c.field, own.c.after, own.c.position, own.c.voided_by)
    ordered = func.json_agg(row)
    return (
        select(ordered).where(own.c.corrected == position).correlate_except(own).scalar_subquery()
    )


def latest_fields(position: ColumnElement[int]) -> FromClause:
    """Return the rows of the corrected fields of an event: for each the value that now holds, as a JSON text.

    It is that of the field's latest correction that stands. This is where statements decide it, as
    `events.vocabulary.corrections.latest_fields` does for all else, and
    `tests/service/graphql/compiler/test_corrections.py` compares both.
    """
    own = _TABLE.alias("own_latest")
    return (
        select(own.c.field, func.coalesce(own.c.after, "null").label("value"))
        .ext(distinct_on(own.c.field))
        .where(own.c.corrected == position, stands(own))
        .order_by(own.c.field, own.c.position.desc())
        .correlate_except(own)
        .subquery("latest")
    )


def present_data(data: ColumnElement[Any], position: ColumnElement[int]) -> ColumnElement[Any]:
    """Return the data of an event as it now reads, as JSON; of a correction without the corrected fields."""
    latest = latest_fields(position)
    fields = func.jsonb_object_agg(latest.c.field, cast(latest.c.value, JSONB))
    corrected = select(fields).correlate_except(latest).scalar_subquery()
    sent = cast(data, JSONB).op("-", return_type=JSONB())(_FIELDS)
    merged = sent.op("||", return_type=JSONB())(func.coalesce(corrected, cast("{}", JSONB)))
    return cast(func.jsonb_strip_nulls(merged), JSON)


def present_value(position: ColumnElement[int], field: str) -> ColumnElement[str]:
    """Return the value of a corrected field as it now reads, as a JSON text; null if it was not corrected."""
    latest = latest_fields(position)
    value = select(latest.c.value).where(latest.c.field == field)
    return value.correlate_except(latest).scalar_subquery()


def _stand_at(through: int) -> ColumnElement[bool]:
    return and_(
        _TABLE.c.position <= through,
        or_(stands(_TABLE), _TABLE.c.voided_by > through),
    )


def _positions(positions: Sequence[int]) -> Any:
    return cast(literal(list(positions), ARRAY(BigInteger)), ARRAY(BigInteger))
