"""What was hidden since the read models' checkpoint: asked in the statement that reads the rows, so of the same moment.

Rows are of the checkpoint's position, and the log may be beyond it. Rows that are shown to somebody while an event that
hides something stands in between might be those that it hides: they are not given.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Select, bindparam, func, literal_column, select

from events.catalogue import VOCABULARY
from events.visibility import NARROWING
from projections.histories import wire_names
from projections.judging import events
from projections.tables import checkpoint

NARROWED: Final = "@narrowed"
HEAD: Final = "@head"
_CLEAR: Final = "clear"

_newer, _last = events.alias("newer"), events.alias("last")
_NARROWED: Final = (
    select(_newer.c.position)
    .where(
        _newer.c.position
        > func.greatest(
            select(checkpoint.c.position).scalar_subquery(),
            bindparam(_CLEAR, type_=BigInteger, required=True),
        ),
        # Written out: a list of values would be made anew each time the statement is run.
        _newer.c.type.in_(
            [literal_column(f"'{wire}'") for wire in wire_names(VOCABULARY, NARROWING)]
        ),
    )
    .order_by(_newer.c.position.desc())
    .limit(1)
    .correlate(None)
    .scalar_subquery()
    .label(NARROWED)
)
_HEAD: Final = (
    select(_last.c.position)
    .order_by(_last.c.position.desc())
    .limit(1)
    .correlate(None)
    .scalar_subquery()
    .label(HEAD)
)


class Narrowed(Exception):
    """Something was hidden, at `position`, that the read models show: they are not that far."""

    def __init__(self, position: int) -> None:
        self.position = position
        super().__init__(f"something was hidden at {position} that is still shown")


def guarded(statement: Select[Any], clear: int) -> Select[Any]:
    """Return the statement with two columns more: the last event that hides something the read models show, if any,
    and the log's last position. `clear` is a position up to which there is none: no event is looked at twice."""
    return statement.add_columns(_NARROWED, _HEAD).params({_CLEAR: clear})
