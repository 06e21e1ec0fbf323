"""Folding a log in this process, for comparing with a cluster and for what fits into memory."""

from collections.abc import Iterable

from events.catalogue import VOCABULARY
from events.standing import recorded_in
from projections.digest import table_sums
from projections.memory import fold
from projections.step import linked
from service.replay.pieces import Piece
from service.replay.readmodels import ReadModels


def fold_alone(pieces: Iterable[Piece], out: ReadModels) -> tuple[int, str]:
    """Fold the pieces of a log into `out`; return how many events there are and the digest. Raises Undigested."""
    steps = linked(recorded_in(line for piece in pieces for line in piece.lines()), VOCABULARY)
    tables = fold(steps)
    out.write(0, tables)
    return len(steps), out.end(len(steps), table_sums(tables))
