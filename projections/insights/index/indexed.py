"""Events and subjects in the index, with the references between them."""

from typing import Any, Final
from zlib import crc32

from events.access.audience import Audience
from events.vocabulary.corrections import latest_fields
from events.vocabulary.event import Event
from events.vocabulary.stream import Kind, Stream, key_of, kind_of, stream_of
from events.vocabulary.types import Mark
from events.vocabulary.types.cohorts import CohortFormed
from projections.insights.index.kept_fields import FORMS

Moment = tuple[float, float]
"""A time in µs and a position: the order in which events happened according to their senders."""

NEVER: Final[Moment] = (float("inf"), float("inf"))

Place = str
"""A cohort, `cohort/<key>`, or the work of some of the organisations outside cohorts, `outside/<number>`."""

OUTSIDE_PLACES: Final = 64
"""The number of places outside cohorts. Each organisation is in one of them, and sees the others like other viewers."""


def place_of(cohort: str | None, organisation: str | None) -> Place:
    """Return the one place to which something belongs."""
    if cohort is not None:
        return stream_of("cohort", cohort)
    return f"outside/{crc32((organisation or '').encode()) % OUTSIDE_PLACES}"


def cohort_at(place: Place) -> str | None:
    """Return the key of the cohort that a place is; None for one outside cohorts."""
    stream = Stream(place)
    return key_of(stream) if kind_of(stream) == "cohort" else None


class IndexedEvent:
    """One event, without the texts that no figure needs.

    The figures hold every event of the log in memory, which can be a million. An `Event` keeps its line's JSON object,
    and its model once that is read. So this takes from the event, once, what figures look at: `data` has the fields of
    `KeptFields`, as JSON values.

    - `first` is its first subject, None for an event about another event.
    - `refs` has the subjects that it creates or names, by field.
    - `by` is the key of the organisation that acts, if it names one.
    - `cohort` is the one it names, else that of its iteration, its question or its session, but not that of its first
      subject.
    - `voided_by` is the position of the event that voided it.
    - `corrections` has the corrections of it, in the order of the log; `data` is its present reading. `earlier_version`
      is the event itself if it was sent in an earlier version of its type.
    - `sent_level` is the level that it was sent with, None if it had none.
    - `level` is its own current level, None if it never had one.
    - `audience` has the tokens of those who see it, None if it is as visible as its first subject.
    """

    __slots__ = (
        "audience",
        "by",
        "cohort",
        "corrections",
        "data",
        "earlier_version",
        "first",
        "level",
        "mark",
        "position",
        "refs",
        "sent",
        "sent_level",
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
        self.data = self.sent = data
        self.corrections: tuple[IndexedEvent, ...] = ()
        self.earlier_version: Event | None = None
        self.sent_level: str | None = None
        self.level: str | None = None
        self.audience: Audience | None = None
        self.first: IndexedSubject | None = None
        self.refs: dict[str, tuple[IndexedSubject, ...]] = {}
        self.by: str | None = None
        self.cohort: str | None = None
        self.voided_by: int | None = None

    @property
    def moment(self) -> Moment:
        """The time as provided, and the position in the log."""
        return self.time, self.position

    @property
    def acting(self) -> str | None:
        """The key of the organisation that acts: the one that the event names, else that of its first subject."""
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
        """Return whether an event up to a position voided it."""
        return self.voided_by is not None and self.voided_by <= as_of

    def data_at(self, as_of: float) -> dict[str, Any]:
        """Return its data as it read at a position."""
        fields = latest_fields(
            one.data["fields"]
            for one in self.corrections
            if one.position <= as_of and not one.is_voided(as_of)
        )
        form = FORMS[self.type]
        if self.earlier_version is not None:
            return form.data(self.earlier_version.corrected(fields))
        return form.corrected(self.sent, fields) if fields else self.sent

    def one(self, field: str) -> "IndexedSubject | None":
        """The subject that it names in a field with one reference."""
        things = self.refs.get(field)
        return things[0] if things else None


class IndexedSubject:
    """A subject that was created by the event `born`. If a voided key is used again, that makes another subject.

    - `entries` has the events with this first subject, beginning with `born`, and `named_by` all other events that
      name it.
    - `owners` has the keys of the organisations to which it belongs.
    - `level` is its current level, and `first_level` its original one.
    - `audience` has the tokens of those who see it, and `below` of those who see the events about it.
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
        """Its kind and key: the name of its stream."""
        return stream_of(self.kind, self.key)

    @property
    def place(self) -> Place:
        """Where it belongs."""
        return place_of(self.cohort, self.owners[0] if self.owners else None)

    @property
    def position(self) -> int:
        """The position of the event that created it."""
        return self.born.position

    @property
    def time(self) -> int:
        """The time at which it was created, as provided."""
        return self.born.time

    @property
    def shared(self) -> bool:
        """Whether it is a cohort's shared question."""
        return self.kind == "question" and self.born.type == CohortFormed.name
