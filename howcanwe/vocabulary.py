"""The event types, and the terms that their fields take: what programs make events with.

A field whose name Python or the model needs itself ends in an underscore: `from_`, `name_`.
"""

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.terms import (
    Agreement,
    ChangeType,
    CheckinStatus,
    CommitmentOutcome,
    Decision,
    Degree,
    EvidenceKind,
    Facet,
    FailureCause,
    FailureType,
    ForWhom,
    Framing,
    InspirationKind,
    LeaveReason,
    Loop,
    Mode,
    ParticipationLevel,
    PublicationKind,
    QuestionOutcome,
    Result,
    SessionKind,
    Sign,
    TimePrecision,
    Visibility,
)
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
from events.vocabulary.types.event_type import (
    EventType,
)
from events.vocabulary.types.exchange import (
    HelpAsked,
    HelpGiven,
    InspirationShared,
    InspirationUsed,
)
from events.vocabulary.types.iterations import (
    Cost,
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
from events.vocabulary.types.sessions import (
    CommitmentMade,
    CommitmentSettled,
    SessionHeld,
)
from events.vocabulary.values.identity import (
    EventIdentity,
)
from events.vocabulary.words import docstring

for _kind in VOCABULARY.kinds:
    # For `help`. The words name the classes, so these cannot have them from the beginning.
    _kind.model.__doc__ = docstring(_kind)

__all__ = [
    "Agreement",
    "ChangeType",
    "CheckinStatus",
    "CohortClosed",
    "CohortFormed",
    "CohortRevised",
    "CommitmentMade",
    "CommitmentOutcome",
    "CommitmentSettled",
    "Cost",
    "Decision",
    "Degree",
    "EventCorrected",
    "EventIdentity",
    "EventType",
    "EventVoided",
    "EvidenceKind",
    "Facet",
    "FailureCause",
    "FailureReclassified",
    "FailureRecorded",
    "FailureType",
    "ForWhom",
    "Framing",
    "HelpAsked",
    "HelpGiven",
    "InspirationKind",
    "InspirationShared",
    "InspirationUsed",
    "IterationConcluded",
    "IterationPlanned",
    "IterationRevised",
    "IterationStarted",
    "JourneyCheckedIn",
    "LearningAdopted",
    "LearningCaptured",
    "LearningChallenged",
    "LearningRevised",
    "LeaveReason",
    "Loop",
    "MindsetAssessed",
    "Mode",
    "NoteAdded",
    "ObservationRecorded",
    "OrganisationJoined",
    "OrganisationLeft",
    "OrganisationRegistered",
    "OrganisationRenamed",
    "OrganisationsPaired",
    "OutcomeHarvested",
    "OutcomeSubstantiated",
    "PairingEnded",
    "PairingMet",
    "ParticipationLevel",
    "ParticipationRecorded",
    "PersonForgotten",
    "PersonIntroduced",
    "PublicationKind",
    "PublicationReleased",
    "PublicationWithdrawn",
    "QuestionClosed",
    "QuestionFramed",
    "QuestionOutcome",
    "QuestionReframed",
    "Result",
    "ReviewHeld",
    "SessionHeld",
    "SessionKind",
    "Sign",
    "TimePrecision",
    "Visibility",
    "VisibilityChanged",
]
