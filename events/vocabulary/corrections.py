"""How events read now: which of them are voided, and which fields were corrected.

A void or a correction holds from its position on. The lines of events never change. An event as it now reads is called
present: `present_events` in `events.state` is for rules and the states of subjects, `present_steps` in
`projections.folding` for rows, `present_data` in `projections.queries` for statements.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from events.vocabulary.event import Event
from events.vocabulary.types.record import EventCorrected, EventVoided


class Readings:
    """What the events that were taken in say about earlier ones.

    Take in the events about events in the order of the log; all others may be left out.
    """

    def __init__(self) -> None:
        self.voided: set[int] = set()
        """The positions of the voided events."""
        self._corrections: dict[int, dict[int, Mapping[str, Any]]] = {}
        self._corrected: dict[int, int] = {}

    def take(self, event: Event) -> None:
        """Take in the next event."""
        about, model = event.about_event, event.model
        if about is None:
            return
        if isinstance(model, EventCorrected):
            self._corrections.setdefault(about, {})[event.position] = model.fields
            self._corrected[event.position] = about
        elif isinstance(model, EventVoided):
            self.voided.add(about)
            if about in self._corrected:
                self._corrections[self._corrected[about]].pop(about, None)

    @property
    def has_corrections(self) -> bool:
        """Whether any correction was taken in."""
        return bool(self._corrected)

    def fields(self, position: int) -> Mapping[str, Any]:
        """Return the corrected fields of the event at the position. The latest correction of a field holds."""
        return latest_fields(self._corrections.get(position, {}).values())


def latest_fields(corrections: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the fields of corrections of an event that stand, in the order of the log. The latest of a field holds.

    All of Python decides it here. For statements, `projections.queries.corrections.latest_fields` decides it once more,
    and `tests/service/graphql/compiler/test_corrections.py` compares both.
    """
    return {name: value for fields in corrections for name, value in fields.items()}
