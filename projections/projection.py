"""What a projection is: for each event type, which rows it may touch and what becomes of them.

A projection is a function of events and of its own rows, nothing else: no clock, no database, no other projection. So
the same code folds into PostgreSQL, into memory, or over a part of the events.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Table

from projections.step import Step

Row = Mapping[str, Any]
Key = tuple[Any, ...]
"""The values of a table's primary key, in the order of its columns."""

F = TypeVar("F", bound=Callable[..., Row | None])
EVERY_TYPE = "*"


def on(*types: str) -> Callable[[F], F]:
    """Mark a method as what happens on events of these types (`EVERY_TYPE` stands for all without a method)."""

    def mark(method: F) -> F:
        method._types = types  # type: ignore[attr-defined]  # read once, when the class is made
        return method

    return mark


class Projection:
    """Folds events into the rows of one table.

    A subclass names its `table`, says in `keys` which rows an event touches, and has a method per event type, marked
    with `on`, which takes the row before (None where there is none), the step and the row's key, and returns the row
    after (None to take it away).
    """

    table: ClassVar[Table]
    looks_back: ClassVar[bool] = True
    """Whether a method looks at the row before; where none does, rows are not fetched."""
    _methods: ClassVar[dict[str, str]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._methods = {
            type_: name
            for name, member in vars(cls).items()
            for type_ in getattr(member, "_types", ())
        }

    @property
    def types(self) -> frozenset[str]:
        """The event types that have a method."""
        return frozenset(self._methods)

    def touches(self, step: Step) -> Iterable[Key]:
        """Return the keys of the rows that the event may touch."""
        return self.keys(step) if self._method(step) else ()

    def keys(self, step: Step) -> Iterable[Key]:
        """Return the keys of the rows that an event of a type with a method touches."""
        raise NotImplementedError

    def fold(self, row: Row | None, step: Step, key: Key) -> Row | None:
        """Return the row after the event."""
        method = self._method(step)
        if method is None:
            return row
        after: Row | None = getattr(self, method)(row, step, key)
        return after

    def _method(self, step: Step) -> str | None:
        return self._methods.get(step.type) or self._methods.get(EVERY_TYPE)


class SubjectProjection(Projection):
    """A projection with a row for each subject of one kind, made from the events that name the subject.

    When one of them is voided, the row is folded again from the subject's stream without it.
    """

    kind: ClassVar[str]

    def keys(self, step: Step) -> Iterable[Key]:
        """Return the subjects of this kind that the event names; only the new one where it creates such."""
        creates = self.kind in step.event.kind.creates
        return [
            (mention.key,)
            for mention in step.event.mentions
            if mention.stream.startswith(f"{self.kind}/") and mention.creates >= creates
        ]

    def stream(self, key: Key) -> str:
        """Return the stream whose events make the row."""
        return f"{self.kind}/{key[0]}"

    def fold_history(self, history: Iterable[Step], key: Key) -> Row | None:
        """Return the row that these events (voided ones left out) make."""
        row: Row | None = None
        for step in history:
            if key in self.touches(step):
                row = self.fold(row, step, key)
        return row
