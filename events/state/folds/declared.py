"""The registry of folds. A fold's annotations declare its types of events and its kind of subject."""

from collections.abc import Callable
from typing import Any, Final, TypeVar, get_type_hints

from events.state.state_view import StateView
from events.state.subjects import SubjectState
from events.vocabulary.annotations import kinds_of
from events.vocabulary.catalogue import CatalogueError

# Each is called only with the states and events that its annotations name.
Fold = Callable[[Any, Any, StateView], SubjectState]
F = TypeVar("F", bound=Fold)


class Folds:
    """Folds by event type and kind of subject."""

    def __init__(self) -> None:
        self._folds: dict[tuple[str, str], Fold] = {}

    def add(self, fold: F) -> F:
        """Register a fold for the event types that its `event` names and the kind of state that it returns.

        Raises CatalogueError if there is no such type, if its events name no such subject, or if there is a fold
        already.
        """
        self.add_for(get_type_hints(fold)["return"], fold)
        return fold

    def add_for(self, state: type[SubjectState], fold: Fold) -> None:
        """Register a fold for the event types that its `event` names and one kind of state. Raises as `add` does."""
        for kind in kinds_of(fold, "event"):
            if not any(state.kind in reference.kinds for reference in kind.references):
                raise CatalogueError(
                    f"{fold.__qualname__} is never called: events of type {kind.name} name no {state.kind}."
                )
            if (kind.name, state.kind) in self._folds:
                raise CatalogueError(
                    f"There are two folds of {kind.name} for the kind {state.kind}."
                )
            self._folds[kind.name, state.kind] = fold

    def find(self, name: str, kind: str) -> Fold | None:
        """Return the fold of events of the type with this name for a kind of subject, None if there is none."""
        return self._folds.get((name, kind))


FOLDS: Final = Folds()
"""The folds of the record. The modules of this room add them."""
