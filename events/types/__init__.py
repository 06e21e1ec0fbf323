"""The event types, one model each, in the modules of their subjects."""

from events.types.cohorts import (
    CohortClosed,
    CohortFormed,
    NoteAdded,
    OrganisationJoined,
    OrganisationLeft,
    OrganisationRegistered,
    OrganisationsPaired,
    PairingEnded,
    PairingMet,
)
from events.types.event_type import EventType, Mark, Recorder
from events.types.exchange import HelpAsked, HelpGiven, InspirationShared, InspirationUsed
from events.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationRevised,
    IterationStarted,
    ObservationRecorded,
    ParticipationRecorded,
)
from events.types.learnings import (
    FailureReclassified,
    FailureRecorded,
    LearningAdopted,
    LearningCaptured,
    LearningChallenged,
    LearningRevised,
    ReviewHeld,
)
from events.types.questions import MindsetAssessed, QuestionClosed, QuestionFramed, QuestionReframed
from events.types.record import EventVoided, PersonForgotten, PersonIntroduced, VisibilityChanged
from events.types.results import (
    JourneyCheckedIn,
    OutcomeHarvested,
    OutcomeSubstantiated,
    PublicationReleased,
    PublicationWithdrawn,
)

EVENT_TYPES: tuple[type[EventType], ...] = (
    CohortFormed,
    CohortClosed,
    OrganisationRegistered,
    OrganisationJoined,
    OrganisationLeft,
    OrganisationsPaired,
    InspirationShared,
    PairingEnded,
    NoteAdded,
    VisibilityChanged,
    EventVoided,
    MindsetAssessed,
    QuestionFramed,
    QuestionReframed,
    QuestionClosed,
    IterationPlanned,
    IterationRevised,
    IterationStarted,
    ObservationRecorded,
    ParticipationRecorded,
    IterationConcluded,
    FailureRecorded,
    FailureReclassified,
    LearningCaptured,
    LearningRevised,
    LearningChallenged,
    LearningAdopted,
    ReviewHeld,
    PairingMet,
    HelpAsked,
    HelpGiven,
    InspirationUsed,
    OutcomeHarvested,
    OutcomeSubstantiated,
    JourneyCheckedIn,
    PublicationReleased,
    PublicationWithdrawn,
    PersonIntroduced,
    PersonForgotten,
)

__all__ = ["EVENT_TYPES", "EventType", "Mark", "Recorder"]
