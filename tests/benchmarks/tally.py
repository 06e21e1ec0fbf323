"""Checks at any speed: each acknowledged event is recorded once, and a follower gets each once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from events.lines.chain import GENESIS, line_hash
from events.log import EventLog
from tests.benchmarks.table import Row


@dataclass(slots=True)
class Tally:
    """Counts over all benchmarks of a run; events that only prepare are not counted."""

    acknowledged: int = 0
    recorded: int = 0
    skipped: int = 0
    duplicated: int = 0
    broken: list[str] = field(default_factory=list)

    async def check(self, log: EventLog, prepared: int, acknowledged: Iterable[int]) -> None:
        """Count a log whose first `prepared` events prepared it and whose others were acknowledged at these positions.

        The log is followed from its beginning to its end.
        """
        head = await log.head()
        followed = await follow(log, head)
        positions = list(acknowledged)
        known = set(positions)
        self.acknowledged += len(positions)
        self.recorded += len(known & set(followed))
        self.duplicated += len(positions) - len(known)
        self.followed(followed, head)
        if head - prepared != len(known):
            self.broken.append(f"{head - prepared} events were recorded, {len(known)} acknowledged")

    def followed(self, positions: list[int], head: int) -> None:
        """Count what a follower got of a log with this head."""
        self.skipped += head - len(set(positions))
        self.duplicated += len(positions) - len(set(positions))

    async def check_chain(self, log: EventLog) -> None:
        """Follow the log's chain: every line names the hash of the one before it."""
        before = GENESIS
        async for chunk in log.lines():
            for line in chunk.splitlines():
                if f'"previoushash":"{before}"'.encode() not in line:
                    self.broken.append("the chain is broken")
                    return
                before = line_hash(line)

    def rows(self) -> list[Row]:
        """Return what was counted; losses, gaps and repeats are to be 0."""
        lost = self.acknowledged - self.recorded
        beside = f"{self.acknowledged:,} acknowledged, {self.recorded:,} recorded"
        return [
            Row("acknowledged and not recorded", lost, "", beside, None, None, "0", lost == 0),
            Row("skipped by a follower", self.skipped, "", "", None, None, "0", self.skipped == 0),
            Row("duplicated", self.duplicated, "", "", None, None, "0", self.duplicated == 0),
            Row(
                "faults in order or chain",
                len(self.broken),
                "",
                "; ".join(self.broken),
                None,
                None,
                "0",
                not self.broken,
            ),
        ]


async def follow(log: EventLog, head: int) -> list[int]:
    """Follow the log from its beginning until it has given the event at `head`; return all positions as they came."""
    positions: list[int] = []
    if head == 0:
        return positions
    async for recorded in log.follow():
        positions.append(recorded.position)
        if recorded.position >= head:
            break
    return positions
