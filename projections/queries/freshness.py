"""What was recorded since, asked in the statement that reads the rows, so of the same moment.

Rows are of the checkpoint's position, and the log may be beyond it. Rows that are shown to somebody while an event that
hides something stands in between might be those that it hides: they are not given. Nor are rows that were asked for
with tokens that the viewer has held no longer, or not all of them, since an event before the checkpoint.
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

NARROWED: Final = "@narrowed"
"""The last event beyond the checkpoint, and beyond `CLEAR`, after which somebody may see less."""
MOVED: Final = "@moved"
"""The last event after `SINCE`, up to the checkpoint, after which viewers may hold other tokens."""
POSITION: Final = "@position"
"""The checkpoint."""
HEAD: Final = "@head"
"""The last position of the log."""
FOUND: Final = "@found"
"""Whether there is a row: where a statement has none, these columns stand alone."""

CLEAR: Final = "clear"
SINCE: Final = "since"

_POSITION: Final = select(checkpoint.c.position).scalar_subquery()


class Narrowed(Exception):
    """Something was hidden, at `position`, that the read models show: they are not that far."""

    def __init__(self, position: int) -> None:
        self.position = position
        super().__init__(f"something was hidden at {position} that is still shown")


def guarded(statement: Select[Any]) -> Select[Any]:
    """Return the statement with the columns above, in a row of their own where it has none.

    It is run with `CLEAR`, a position up to which nothing was hidden that is still shown, and `SINCE`, that at which
    the viewer held the tokens: no event is looked at twice.
    """
    found = statement.add_columns(true().label(FOUND)).subquery("found")
    return select(_GUARD, *found.c).select_from(_GUARD.outerjoin(found, true()))


def _last(types: Iterable[str], *where: ColumnElement[bool]) -> Any:
    """Return the position of the last event of these types for which this holds."""
    # Written out: a list of values would be made anew each time the statement is run.
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


def _given(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger, required=True)


_EVENTS: Final = log_events.alias("newer")
_GUARD: Final = select(
    _last(NARROWING, _EVENTS.c.position > func.greatest(_POSITION, _given(CLEAR))).label(NARROWED),
    _last(
        CHANGING_TOKENS, _EVENTS.c.position > _given(SINCE), _EVENTS.c.position <= _POSITION
    ).label(MOVED),
    _POSITION.label(POSITION),
    select(func.max(log_events.c.position)).scalar_subquery().label(HEAD),
).subquery("guard")
