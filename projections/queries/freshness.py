"""Checks, in the statement that reads rows, whether the rows and the viewer's tokens are recent enough to be used.

Rows are those at the checkpoint's position, and the log may be ahead of it. If an event after the checkpoint hides
something, the rows may contain what it hides, and are not returned. Nor are they returned if an event up to the
checkpoint has changed the tokens of viewers since the tokens were read. `read_models` and `prepared` use this module.
"""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    true,
)

from events.access.visibility import CHANGING_TOKENS, NARROWING
from events.vocabulary.catalogue import VOCABULARY
from projections.folding.histories import wire_names
from projections.folding.tables import checkpoint, log_events
from projections.store.added_columns import AddedColumn

NARROWED: Final = AddedColumn.NARROWED.value
"""The last event after the checkpoint and after `CLEAR` that may hide something from a viewer."""
MOVED: Final = AddedColumn.MOVED.value
"""The last event after `SINCE`, up to the checkpoint, that may change the tokens of viewers."""
POSITION: Final = AddedColumn.POSITION.value
"""The checkpoint."""
HEAD: Final = AddedColumn.HEAD.value
"""The last position of the log."""
FOUND: Final = AddedColumn.FOUND.value
"""True in each row of the statement; null in the only row if the statement returns none."""

CLEAR: Final = "clear"
SINCE: Final = "since"

_POSITION: Final = select(checkpoint.c.position).scalar_subquery()


class Narrowed(Exception):
    """The event at `position` hides something, and the read models have yet to apply it."""

    def __init__(self, position: int) -> None:
        self.position = position
        super().__init__(
            f"the read models have yet to apply the event at position {position}, which hides something"
        )


def guarded(statement: Select[Any]) -> Select[Any]:
    """Return the statement with the columns above, which are in a row of their own if it returns no row.

    Its parameters are `CLEAR`, a position up to which the read models have applied every event that hides something,
    and `SINCE`, the position at which the viewer held the tokens. Events up to these positions are not checked again.
    """
    found = statement.add_columns(true().label(FOUND)).subquery("found")
    return select(_GUARD, *found.c).select_from(_GUARD.outerjoin(found, true()))


def _last(types: Iterable[str], *where: ColumnElement[bool]) -> Any:
    """Return the position of the last event of these types that meets the conditions."""
    # As literals: SQLAlchemy would expand a list of values again each time the statement is run.
    names: list[ColumnElement[str]] = [
        literal_column(f"'{wire}'") for wire in wire_names(VOCABULARY, types)
    ]
    return (
        select(_EVENTS.c.position)
        .where(_EVENTS.c.type.in_(names), *where)
        .order_by(_EVENTS.c.position.desc())
        .limit(1)
        .correlate(None)
        .scalar_subquery()
    )


def _parameter(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger, required=True)


_EVENTS: Final = log_events.alias("newer")
_GUARD: Final = select(
    _last(NARROWING, _EVENTS.c.position > func.greatest(_POSITION, _parameter(CLEAR))).label(
        NARROWED
    ),
    _last(
        CHANGING_TOKENS, _EVENTS.c.position > _parameter(SINCE), _EVENTS.c.position <= _POSITION
    ).label(MOVED),
    _POSITION.label(POSITION),
    select(func.max(log_events.c.position)).scalar_subquery().label(HEAD),
).subquery("guard")
