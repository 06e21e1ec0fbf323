"""The whole log: its facts, the things that they create, and its voids."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types import Mark

Json = dict[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_us(text: str) -> int:
    """A time as whole µs; more digits are cut."""
    return (datetime.fromisoformat(text.upper()) - EPOCH) // timedelta(microseconds=1)


@dataclass(eq=False)
class Fact:
    """One event."""

    position: int
    type: str
    wire: str  # the type with its version
    time: int
    data: Json
    sent_level: str | None
    mark: Mark
    named: list[tuple[str, str]]  # (field, <kind>/<key>) of everything it creates or names
    created: list[str]  # <kind>/<key> of what it creates

    @property
    def moment(self) -> tuple[int, int]:
        return self.time, self.position

    @property
    def first(self) -> str | None:
        return self.named[0][1] if self.named else None

    @property
    def by(self) -> str | None:
        """The organisation it names as acting."""
        return self.data.get("by" if self.type == "inspiration.shared" else "organisation")


@dataclass(eq=False)
class Thing:
    """A subject, from the event that created it on. A key that is free again makes another thing."""

    kind: str
    key: str
    born: Fact

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.key}"

    @property
    def owners(self) -> list[str]:
        if self.kind == "pairing":
            return list(self.born.data["organisations"])
        return [self.born.by] if self.born.by and self.kind != "cohort" else []


def read(raw: Json) -> Fact:
    found = VOCABULARY.find(raw["type"])
    assert found is not None
    kind, _ = found
    mentions = kind.mentions(raw["data"])
    return Fact(
        position=raw["position"],
        type=kind.name,
        wire=raw["type"],
        time=moment_us(raw["time"]),
        data=raw["data"],
        sent_level=raw.get("visibility"),
        mark=kind.mark,
        named=[(mention.field, mention.stream) for mention in mentions],
        created=[mention.stream for mention in mentions if mention.creates],
    )


@dataclass
class History:
    """All events of the log, in its order."""

    facts: list[Fact]
    raws: list[Json]
    things: list[Thing] = field(default_factory=list)
    voids: dict[int, int] = field(default_factory=dict)  # what was voided: by which position

    @classmethod
    def of(cls, events: Iterable[Json]) -> "History":
        raws = list(events)
        history = cls([read(raw) for raw in raws], raws)
        for fact in history.facts:
            for name in fact.created:
                kind, key = name.split("/", 1)
                history.things.append(Thing(kind, key, fact))
            if fact.type == "event.voided":
                history.voids.setdefault(fact.data["event"], fact.position)
        history.by_name = {}
        for thing in history.things:
            history.by_name.setdefault(thing.name, []).append(thing)
        history.by_first = {}
        for fact in history.facts:
            history.by_first.setdefault(fact.first, []).append(fact)
        return history

    by_name: dict[str, list[Thing]] = field(default_factory=dict)
    by_first: dict[str | None, list[Fact]] = field(default_factory=dict)

    def as_it_reads(self, as_of: float) -> "History":
        """The log as if it had been written as it reads after the corrections up to a position."""
        corrections = [
            fact
            for fact in self.facts
            if fact.type == "event.corrected"
            and fact.position <= as_of
            and self.stands(fact, as_of)
        ]
        fields: dict[int, Json] = {}
        for fact in corrections:
            fields.setdefault(fact.data["event"], {}).update(fact.data["fields"])
        if not fields:
            return self
        key = tuple(fact.position for fact in corrections)
        if key not in self.readings:
            written = []
            for raw in self.raws:
                data = raw["data"] | fields.get(raw["position"], {})
                data = {name: value for name, value in data.items() if value is not None}
                written.append(raw | {"data": data})
            self.readings[key] = History.of(written)
        return self.readings[key]

    readings: dict[tuple[int, ...], "History"] = field(default_factory=dict)

    def thing(self, name: str, position: int) -> Thing | None:
        """The thing that an event at this position means by the name."""
        found = None
        for thing in self.by_name.get(name, []):
            if thing.born.position <= position:
                found = thing
        return found

    def about(self, thing: Thing) -> list[Fact]:
        """The events whose first subject is the thing, in position order."""
        return [
            fact
            for fact in self.by_first.get(thing.name, [])
            if self.thing(thing.name, fact.position) is thing
        ]

    def stands(self, fact: Fact, through: float) -> bool:
        """Whether it is not voided by an event up to that position."""
        by = self.voids.get(fact.position)
        return by is None or by > through

    def cohort_of(self, fact: Fact) -> str | None:
        """The cohort that an event names, else its iteration's, its question's or its session's."""
        if fact.data.get("cohort"):
            return str(fact.data["cohort"])
        for name in ("iteration", "question", "session"):
            if fact.data.get(name):
                thing = self.thing(f"{name}/{fact.data[name]}", fact.position)
                # The event that creates the thing is asked for its other fields.
                if thing is not None and thing.born is not fact:
                    cohort = self.cohort(thing)
                    if cohort is not None:
                        return cohort
        return None

    def cohort(self, thing: Thing) -> str | None:
        """The cohort that a thing belongs to."""
        if thing.kind == "cohort":
            return thing.key
        return self.cohort_of(thing.born)
