"""What happened in a cohort, apart from what only changed the record. Lists of latest entries show the former."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types import EVENT_TYPES
from events.vocabulary.types.cohorts import CohortRevised
from events.vocabulary.types.record import (
    EventCorrected,
    EventVoided,
    PersonForgotten,
    PersonIntroduced,
    VisibilityChanged,
)
from service.graphql.values.terms import EntryType

CHANGES_OF_THE_RECORD: Final = (
    *(CohortRevised, EventCorrected, EventVoided, VisibilityChanged),
    *(PersonIntroduced, PersonForgotten),
)
"""The types of events that say how the record was changed, not what happened in the cohort."""

CHANGES: Final = [EntryType(VOCABULARY.of(one).name).name for one in CHANGES_OF_THE_RECORD]
"""The names of these types in the graph."""

HAPPENED: Final = [
    EntryType(one.name).name for one in EVENT_TYPES if one not in CHANGES_OF_THE_RECORD
]
"""The names of all other types in the graph."""


def in_force(timeline: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    """Return the entries of a timeline that were not voided, in its order."""
    nodes = timeline["nodes"] if timeline else ()
    return [entry for entry in nodes if entry["voidedBy"] is None]
