"""The fields of each type of event that the index keeps, derived once from the vocabulary."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.event import Event
from events.vocabulary.fields.references import Reference
from events.vocabulary.types import EventType, Mark
from events.vocabulary.types.cohorts import (
    CohortClosed,
    CohortFormed,
    CohortRevised,
    NoteAdded,
    OrganisationJoined,
    OrganisationLeft,
    OrganisationRegistered,
    OrganisationRenamed,
    OrganisationsPaired,
    PairingEnded,
    PairingMet,
)
from events.vocabulary.types.exchange import HelpGiven, InspirationShared, InspirationUsed
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationStarted,
    ParticipationRecorded,
)
from events.vocabulary.types.learnings import (
    FailureReclassified,
    FailureRecorded,
    LearningAdopted,
    LearningCaptured,
    LearningChallenged,
    LearningRevised,
)
from events.vocabulary.types.questions import (
    MindsetAssessed,
    QuestionClosed,
    QuestionFramed,
    QuestionReframed,
)
from events.vocabulary.types.record import EventCorrected, EventVoided, VisibilityChanged
from events.vocabulary.types.results import (
    JourneyCheckedIn,
    OutcomeSubstantiated,
    PublicationWithdrawn,
)
from events.vocabulary.types.sessions import CommitmentSettled, SessionHeld
from events.vocabulary.values.text_folding import folded

_LOOKED_AT: Final = frozenset(
    {
        *("agreement", "anticipated", "change_type", "cost", "decision", "degree", "due_on"),
        *("evidence_level", "facet", "failure_cause", "failure_type", "for_whom", "framing"),
        *("hours", "kind", "level", "loop", "mode", "modes", "months_after", "outcome"),
        *("participation_level", "people", "reason", "result", "sector", "sign", "status"),
        *("themes", "visibility"),
    }
)
"""Fields that figures look at. Other texts are left where they stand, in the log."""

_WORDED: Final = frozenset({CohortFormed, QuestionFramed, QuestionReframed})
_REASONED: Final = OrganisationLeft
_COUNTED: Final = frozenset({LearningAdopted, MindsetAssessed, ParticipationRecorded})
_FOLLOWED: Final = frozenset(
    {
        *(CohortClosed, CommitmentSettled, FailureReclassified, HelpGiven, InspirationUsed),
        *(IterationConcluded, IterationStarted, JourneyCheckedIn, LearningAdopted),
        *(LearningChallenged, LearningRevised, OutcomeSubstantiated, PairingEnded),
        *(PairingMet, PublicationWithdrawn, QuestionClosed, QuestionReframed),
        VisibilityChanged,
    }
)
"""The types of events that figures look for among those of a thing."""

_NAMING: Final[Mapping[type[EventType], tuple[str, ...]]] = {
    IterationPlanned: ("follows", "inspired_by", "question"),
    FailureRecorded: ("iteration",),
    LearningCaptured: ("from",),
    QuestionReframed: ("because_of",),
}
"""The types, each with fields, of events that figures look for among those that name a thing."""

_BEFORE_THE_JOURNEY: Final = frozenset(
    {
        *(CohortFormed, CohortRevised, CohortClosed, OrganisationRegistered),
        *(OrganisationRenamed, OrganisationJoined, SessionHeld),
        *(OrganisationLeft, OrganisationsPaired, InspirationShared, PairingEnded),
        *(NoteAdded, VisibilityChanged, EventVoided, EventCorrected),
    }
)
"""The types outside the vocabulary's section "An organisation's journey"."""


@dataclass(frozen=True, slots=True)
class KeptFields:
    """A type of event: the fields to keep, and those that name subjects.

    `is_journey`: an organisation acts in it on its journey; `is_counted`: a figure counts such events themselves;
    `is_followed`: a figure looks for them among the events of a thing, and among those that name it in one of `naming`.
    """

    kind: EventKind
    mark: Mark
    kept: tuple[str, ...]
    references: tuple[Reference, ...]
    is_journey: bool
    is_counted: bool
    is_followed: bool
    naming: tuple[str, ...]

    @classmethod
    def of(cls, kind: EventKind) -> "KeptFields":
        """Return the form of a type."""
        looked_at = _LOOKED_AT | ({"language", "text"} if kind.model in _WORDED else set())
        if kind.model is not _REASONED:
            looked_at -= {"reason"}
        references = kind.references
        subjects = {reference.field for reference in references}
        fields = (field.alias or name for name, field in kind.model.model_fields.items())
        return cls(
            kind=kind,
            mark=kind.model.mark,
            kept=tuple(field for field in fields if field in looked_at - subjects),
            references=references,
            is_journey=kind.model not in _BEFORE_THE_JOURNEY,
            is_counted=kind.model in _COUNTED,
            is_followed=kind.model in _FOLLOWED,
            naming=tuple(map(kind.checked, _NAMING.get(kind.model, ()))),
        )

    def data(self, event: Event) -> dict[str, Any]:
        """Return the fields of an event that the index keeps."""
        return self._kept(event.data)

    def corrected(self, data: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return kept fields of an event of the present version of its type, with these corrected ones."""
        given = {name: value for name, value in fields.items() if value is not None}
        others = {name: value for name, value in data.items() if name not in fields}
        return others | self._kept(self.kind.upcast(given, self.kind.model.version))

    def _kept(self, data: Mapping[str, Any]) -> dict[str, Any]:
        kept = {name: data[name] for name in self.kept if name in data}
        themes = kept.pop("themes", None)
        return kept | {"themes": _by_folded_form(themes)} if themes else kept


def _by_folded_form(themes: Iterable[str]) -> dict[str, str]:
    """Return the themes as written, by their folded form. The first of several spellings counts."""
    found: dict[str, str] = {}
    for theme in themes:
        found.setdefault(folded(theme), theme)
    return found


FORMS: Final = {kind.name: KeptFields.of(kind) for kind in VOCABULARY.kinds}
"""The form of each type, by its name."""

SEEN_WITH_SUBJECT: Final = frozenset(
    kind.name for kind in VOCABULARY.kinds if kind.model.seen_with_subject
)
"""The types whose events are seen by everyone who sees their first subject."""
