"""Logs of chance: invented cohorts, with everything done to them that makes figures hard to get right.

Refused events are left out.
"""

from datetime import UTC, datetime, timedelta

from service.samples.generator import generate
from tests.projections.insights.inventions import Inventions
from tests.projections.insights.judging import EventJson, MemoryLog

NOW = datetime(2027, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW_US = (NOW - EPOCH) // timedelta(microseconds=1)


class ChanceLog(Inventions):
    """Makes one log of chance."""

    def __init__(self, seed: int, *, cohorts: int | None = None) -> None:
        super().__init__(seed, MemoryLog(NOW_US))
        self._cohorts = cohorts

    def make_log(self) -> MemoryLog:
        dice = self.dice
        base = generate(
            cohorts=self._cohorts or dice.choice((1, 2, 2, 3)),
            seed=dice.randrange(1_000_000),
            scale=dice.choice((0.2, 0.3, 0.5)),
        )
        positions: dict[int, int] = {}
        mischief = 0.6 if self._cohorts else dice.choice((0.0, 0.2, 0.6))
        for number, event in enumerate(base, start=1):
            position = self.record(self._bent(dict(event), positions, mischief))
            if position is not None:
                positions[number] = position
            while dice.random() < mischief:
                self.record(self.invented())
        return self.log

    def record(self, event: EventJson) -> int | None:
        position = self.log.record(event)
        if position is not None:
            self.times.append(datetime.fromisoformat(event["time"]))
            data = event["data"]
            for kind in ("organisation", "cohort", "question", "iteration", "failure", "learning",
                         "ask", "inspiration", "pairing", "outcome", "publication", "session",
                         "commitment"):  # fmt: skip
                key = data.get(kind) if not event["type"].endswith("question.closed.v1") else None
                if isinstance(key, str) and key not in self.keys.setdefault(kind, []):
                    self.keys[kind].append(key)
        return position

    def _bent(self, event: EventJson, positions: dict[int, int], mischief: float) -> EventJson:
        """The event at another time or level, with some of its data changed."""
        dice = self.dice
        data = event["data"] = dict(event["data"])
        if "event" in data:
            data["event"] = positions.get(data["event"], data["event"])
        if str(data.get("of", "")).startswith("event/"):
            position = int(data["of"].removeprefix("event/"))
            data["of"] = f"event/{positions.get(position, position)}"
        early = event["type"].startswith(("org.howcanwe.cohort", "org.howcanwe.organisation"))
        if dice.random() < mischief / (10 if early else 3):
            event["time"] = self.moment().isoformat()
        if dice.random() < mischief / 2 and "visibility" not in data:
            event["visibility"] = self.level()
        if "themes" in data and dice.random() < 0.7:
            data["themes"] = self.themes()
        if event["type"].endswith("cohort.formed.v1") and dice.random() < mischief / 2:
            data["language"] = "eo"
        if event["type"].endswith("failure.recorded.v1") and dice.random() < 0.7:
            data |= self.classes()
        return event


def log_of_chance(seed: int, *, cohorts: int | None = None) -> MemoryLog:
    """Return the log of chance with this seed; with a number of cohorts, there is much mischief between them."""
    return ChanceLog(seed, cohorts=cohorts).make_log()
