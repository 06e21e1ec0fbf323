"""Events and subjects as the figures look at them: what was said, by whom, of what."""

from typing import Any, Final
from zlib import crc32

from events.access.audience import Audience
from events.vocabulary.stream import Kind, Stream, key_of, kind_of, stream_of
from events.vocabulary.types import Mark
from events.vocabulary.types.cohorts import CohortFormed

Moment = tuple[float, float]
"""A time in µs, then a position: the order in which things are told to have happened."""

NEVER: Final[Moment] = (float("inf"), float("inf"))

Place = str
"""A cohort, `cohort/<key>`, or what some of the organisations do outside cohorts, `outside/<number>`."""

OUTSIDE_PLACES: Final = 64
"""How many places there are outside cohorts: each organisation has one of them, so that it sees most like others do."""


def place_of(cohort: str | None, organisation: str | None) -> Place:
    """Return where something belongs; each has one place."""
    if cohort is not None:
        return stream_of("cohort", cohort)
    return f"outside/{crc32((organisation or '').encode()) % OUTSIDE_PLACES}"


def cohort_at(place: Place) -> str | None:
    """Return the key of the cohort that a place is; None for one outside cohorts."""
    stream = Stream(place)
    return key_of(stream) if kind_of(stream) == "cohort" else None


class IndexedEvent:
    """One event, without the texts that no figure looks at.

    The figures hold every event of the log in memory, which can be a million. An `Event` keeps its line's JSON object,
    and its model once that is read. So this takes from the event, once, what figures look at: `data` are the fields of
    `KeptFields`, as JSON values.

    `first` is its first subject, None for an event about another event; `refs` are the things it creates or names, by
    field; `by` the key of the organisation that acts, where it names one; `cohort` the one it names, else its
    iteration's, else its question's (its first subject's is not meant here); `voided_by` the position of the event that
    took it back; `level` the one it has for itself now, None where none was ever given; `audience` the tokens of those
    who see it, None where it is seen like its first subject.
    """

    __slots__ = (
        "audience",
        "by",
        "cohort",
        "data",
        "first",
        "given",
        "level",
        "mark",
        "position",
        "refs",
        "time",
        "type",
        "voided_by",
    )

    def __init__(
        self, position: int, time: int, type_: str, mark: Mark, data: dict[str, Any]
    ) -> None:
        self.position = position
        self.time = time
        self.type = type_
        self.mark = mark
        self.data = data
        self.given: str | None = None
        self.level: str | None = None
        self.audience: Audience | None = None
        self.first: IndexedSubject | None = None
        self.refs: dict[str, tuple[IndexedSubject, ...]] = {}
        self.by: str | None = None
        self.cohort: str | None = None
        self.voided_by: int | None = None

    @property
    def moment(self) -> Moment:
        """When it happened, as told, and its place in the log."""
        return self.time, self.position

    @property
    def acting(self) -> str | None:
        """The key of the organisation that acts: the one that it names, else that of its first subject."""
        if self.by is not None:
            return self.by
        first = self.first
        if first is None or first.kind == "pairing" or not first.owners:
            return None
        return first.owners[0]

    @property
    def place(self) -> Place:
        """Where it belongs."""
        return place_of(self.cohort, self.acting)

    def is_voided(self, as_of: float) -> bool:
        """Say whether it was taken back by an event up to a position."""
        return self.voided_by is not None and self.voided_by <= as_of

    def one(self, field: str) -> "IndexedSubject | None":
        """The thing that it names in a single field."""
        things = self.refs.get(field)
        return things[0] if things else None


class IndexedSubject:
    """A subject, from the event that created it (`born`) on. A key that is free again makes another thing.

    `entries` are the events whose first subject it is, from its birth on; `named_by` all other events that name it;
    `owners` the keys of the organisations it belongs to; `level` is to whom it is shown now, `first_level` to whom
    it was at first; `audience` are the tokens of those who see it, `below` of those who see what happens to it.
    """

    __slots__ = (
        "audience",
        "below",
        "born",
        "cohort",
        "entries",
        "first_level",
        "key",
        "kind",
        "level",
        "named_by",
        "owners",
    )

    def __init__(self, kind: Kind, key: str, born: IndexedEvent) -> None:
        self.kind = kind
        self.key = key
        self.born = born
        self.cohort: str | None = None
        self.owners: tuple[str, ...] = ()
        self.level = self.first_level = "cohort"
        self.audience: Audience = frozenset()
        self.below: Audience = frozenset()
        self.entries: list[IndexedEvent] = []
        self.named_by: list[IndexedEvent] = []

    @property
    def name(self) -> Stream:
        """The name of its stream."""
        return stream_of(self.kind, self.key)

    @property
    def place(self) -> Place:
        """Where it belongs."""
        return place_of(self.cohort, self.owners[0] if self.owners else None)

    @property
    def position(self) -> int:
        """Its place among all things, by creation."""
        return self.born.position

    @property
    def time(self) -> int:
        """When it was created, as told."""
        return self.born.time

    @property
    def shared(self) -> bool:
        """Whether it is a cohort's shared question."""
        return self.kind == "question" and self.born.type == CohortFormed.name
