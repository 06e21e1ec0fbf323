"""The event types, one model each, in the modules of their subjects."""

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
from events.vocabulary.types.event_type import EventType, Mark, RecordedBy
from events.vocabulary.types.exchange import (
    HelpAsked,
    HelpGiven,
    InspirationShared,
    InspirationUsed,
)
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationRevised,
    IterationStarted,
    ObservationRecorded,
    ParticipationRecorded,
)
from events.vocabulary.types.learnings import (
    FailureReclassified,
    FailureRecorded,
    LearningAdopted,
    LearningCaptured,
    LearningChallenged,
    LearningRevised,
    ReviewHeld,
)
from events.vocabulary.types.questions import (
    MindsetAssessed,
    QuestionClosed,
    QuestionFramed,
    QuestionReframed,
)
from events.vocabulary.types.record import (
    EventCorrected,
    EventVoided,
    PersonForgotten,
    PersonIntroduced,
    VisibilityChanged,
)
from events.vocabulary.types.results import (
    JourneyCheckedIn,
    OutcomeHarvested,
    OutcomeSubstantiated,
    PublicationReleased,
    PublicationWithdrawn,
)
from events.vocabulary.types.sessions import CommitmentMade, CommitmentSettled, SessionHeld

EVENT_TYPES: tuple[type[EventType], ...] = (
    CohortFormed,
    CohortRevised,
    CohortClosed,
    OrganisationRegistered,
    OrganisationRenamed,
    OrganisationJoined,
    OrganisationLeft,
    OrganisationsPaired,
    SessionHeld,
    InspirationShared,
    PairingEnded,
    NoteAdded,
    VisibilityChanged,
    EventVoided,
    EventCorrected,
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
    CommitmentMade,
    CommitmentSettled,
    PersonIntroduced,
    PersonForgotten,
)

__all__ = ["EVENT_TYPES", "EventType", "Mark", "RecordedBy"]
