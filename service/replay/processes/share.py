"""What one of several processes does: it reads the whole log, and folds the rows of its share, a few blocks at once.

To place an event in its streams takes a seventh of the time of folding it. Every process places all events, so that no
event has to be sent, and none waits for another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Final, Protocol

from events.lines.chain import line_hash
from events.state.streams_from_lines import StreamsFromLines
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types import Mark
from projections.folding.garbage_collector import collector_paused
from projections.folding.projection import Projection
from projections.folding.tables import Key, Row
from projections.in_memory.deal import NEIGHBOURS, Deal
from projections.in_memory.partition import fold_parts
from projections.in_memory.rows import Tables, fold
from projections.models import PROJECTIONS
from projections.updating.digest import TableSum, table_sums
from service.replay.processes.held import FOLDED_EVENTS, Held, steps_of
from service.replay.processes.lines import Lines

_AMENDING: Final = (Mark.VOIDS, Mark.CORRECTS)
_MODELS: Final = frozenset(map(type, PROJECTIONS))


class Rows(Protocol):
    """Where a process writes the rows of the read models; it can be sent to another process."""

    def write(self, part: int, tables: Tables) -> None:
        """Write the rows of a part of the log, which has this number."""


@dataclass(frozen=True, slots=True)
class Share:
    """The job of the process with this number, of as many; `out` is None if it returns the rows."""

    lines: Lines
    projections: Sequence[Projection]
    number: int
    of: int
    out: Rows | None = None
    neighbours: int = NEIGHBOURS


@dataclass(slots=True)
class Folded:
    """What a process has read and folded.

    `events` and `last` (a hash) are the number and the last of the events that it read, and `home` is how many of these
    are at home in its share. It has the sums of its rows if it wrote them, otherwise the rows.
    """

    events: int = 0
    last: str = ""
    home: int = 0
    sums: dict[str, TableSum] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)


def models_among(projections: Sequence[Projection]) -> list[Projection]:
    """Return the read models of the service: their rows are at home in parts of the log."""
    return [found for found in projections if type(found) in _MODELS]


def fold_share(share: Share) -> Folded:
    """Fold the rows of a share. Raises Undigested, UnknownType, and what the lines raise."""
    with collector_paused():
        return _Fold(share).result()


class _Fold:
    def __init__(self, share: Share) -> None:
        self._share = share
        self._models = models_among(share.projections)
        self._others = [found for found in share.projections if type(found) not in _MODELS]
        self._types = _types(self._others)
        self._deal = Deal(share.of, share.neighbours)
        self._blocks: dict[int, list[Held]] = {}
        self._rest: list[Held] = []
        self._folded = Folded()

    def result(self) -> Folded:
        self._read()
        for blocks in self._together():
            self._fold(blocks)
        if self._others:
            self._keep(0, fold(steps_of(self._rest), self._others, self._owns))
        return self._folded

    def _read(self) -> None:
        placing, deal, number = StreamsFromLines(), self._deal, self._share.number
        line = b""
        for line in self._share.lines:
            event = placing.placed(line)
            held = (event.position, line, event.streams)
            blocks = deal.blocks(event.streams)
            self._folded.home += deal.owner(blocks[0]) == number
            if self._models:
                for block in blocks:
                    if deal.owner(block) == number:
                        self._blocks.setdefault(block, []).append(held)
            if event.kind.name in self._types:
                self._rest.append(held)
            self._folded.events += 1
        self._folded.last = line_hash(line)

    def _together(self) -> Iterator[list[int]]:
        """Yield the blocks that are folded at once."""
        together: list[int] = []
        events = 0
        for block, held in sorted(self._blocks.items()):
            together.append(block)
            events += len(held)
            if events >= FOLDED_EVENTS:
                yield together
                together, events = [], 0
        if together:
            yield together

    def _fold(self, blocks: Sequence[int]) -> None:
        held = chain.from_iterable(self._blocks.pop(block) for block in blocks)
        # An event that several blocks share is folded once.
        steps = steps_of({event[0]: event for event in held}.values())
        ours = frozenset(blocks)
        self._keep(min(blocks), fold_parts(steps, partial(self._is_in, ours), self._models))

    def _is_in(self, blocks: frozenset[int], part: str) -> bool:
        return self._deal.block(part) in blocks

    def _owns(self, key: Key) -> bool:
        # All processes have the same PYTHONHASHSEED, but until Python 3.12 the hash of None differs between them.
        return hash(tuple("" if one is None else one for one in key)) % self._share.of == (
            self._share.number
        )

    def _keep(self, part: int, tables: Tables) -> None:
        if self._share.out is None:
            for name, rows in tables.items():
                self._folded.rows.setdefault(name, []).extend(rows)
            return
        self._share.out.write(part, tables)
        for name, one in table_sums(tables).items():
            self._folded.sums.setdefault(name, TableSum()).merge(one)


def _types(projections: Sequence[Projection]) -> frozenset[str]:
    """Return the types of the events that affect rows of these projections."""
    handled = [
        kind for kind in VOCABULARY.kinds if any(found.handler(kind.name) for found in projections)
    ]
    if any(kind.about_field is not None for kind in handled):
        # A projection that handles events about events also needs those that they are about.
        return frozenset(kind.name for kind in VOCABULARY.kinds)
    amending = [kind for kind in VOCABULARY.kinds if handled and kind.mark in _AMENDING]
    return frozenset(kind.name for kind in (*handled, *amending))
