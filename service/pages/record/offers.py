"""The types of events as `/record` offers them: what each is called, and which a visitor may record."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from events.access.policy import Role, may_ever_record, records
from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.types import EventType, RecordedBy
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
from events.vocabulary.words import words_of
from service.pages.frame.names import worded
from service.pages.frame.page import Answer, Visit

TITLES: Final[Mapping[type[EventType], str]] = {
    CohortFormed: "A new cohort",
    CohortRevised: "A change in a cohort",
    CohortClosed: "The close of a cohort",
    OrganisationRegistered: "A new organisation",
    OrganisationRenamed: "A new name of an organisation",
    OrganisationJoined: "An organisation joins",
    OrganisationLeft: "An organisation leaves",
    OrganisationsPaired: "A pairing",
    SessionHeld: "A session",
    InspirationShared: "An inspiration",
    PairingEnded: "The end of a pairing",
    NoteAdded: "A note",
    VisibilityChanged: "Who may see something",
    EventVoided: "Taking back a mistake",
    EventCorrected: "Correcting a mistake",
    MindsetAssessed: "How you regard people",
    QuestionFramed: "A question",
    QuestionReframed: "New words for a question",
    QuestionClosed: "The end of a question",
    IterationPlanned: "A plan",
    IterationRevised: "A change of plan",
    IterationStarted: "The beginning of a trial",
    ObservationRecorded: "An observation",
    ParticipationRecorded: "People who took part",
    IterationConcluded: "A conclusion",
    FailureRecorded: "A failure",
    FailureReclassified: "A failure in another light",
    LearningCaptured: "A learning",
    LearningRevised: "New words for a learning",
    LearningChallenged: "A doubt about a learning",
    LearningAdopted: "A learning taken up",
    ReviewHeld: "A review",
    PairingMet: "A meeting",
    HelpAsked: "A request for help",
    HelpGiven: "Help for others",
    InspirationUsed: "An inspiration put to use",
    OutcomeHarvested: "An outcome",
    OutcomeSubstantiated: "A view on an outcome",
    JourneyCheckedIn: "A check-in after the close",
    PublicationReleased: "A publication",
    PublicationWithdrawn: "A publication withdrawn",
    CommitmentMade: "A commitment",
    CommitmentSettled: "A commitment settled",
    PersonIntroduced: "A person",
    PersonForgotten: "Forgetting a person",
}
"""What the events of each type are called, in English: the titles of their forms."""

FIRST: Final[Sequence[type[EventType]]] = (
    FailureRecorded,
    LearningCaptured,
    ObservationRecorded,
    IterationConcluded,
    IterationPlanned,
    HelpAsked,
    HelpGiven,
    PairingMet,
    LearningAdopted,
)
"""What is recorded most often, in workshops above all: each has a large button."""
COMMON: Final[Sequence[type[EventType]]] = tuple(
    dict.fromkeys((FailureRecorded, LearningCaptured, QuestionFramed, IterationPlanned, *FIRST))
)
"""What is recorded most often about an organisation, in the order in which its members look for it."""
SOONER: Final[Sequence[type[EventType]]] = (
    QuestionFramed,
    QuestionReframed,
    IterationStarted,
    ParticipationRecorded,
    QuestionClosed,
)
"""What comes first below the buttons. The others are in the order of the vocabulary."""

_FRAME: Final = "The cohort and its organisations"
_JOURNEY: Final = "The journey"
_AMENDING: Final = "Mistakes, and who may see what"


class Offer(NamedTuple):
    """A type that may be recorded: its short name, and in English what it is called and when to use it."""

    name: str
    title: str
    use_when: str


class Group(NamedTuple):
    """Types under a heading."""

    title: str
    offers: Sequence[Offer]


def offer(kind: EventKind) -> Offer:
    """Return a type with its words."""
    words = words_of(kind)
    return Offer(
        kind.name, TITLES.get(kind.model, kind.name), worded(words.use_when) if words else ""
    )


def first_of(role: Role) -> Sequence[Offer]:
    """Return the types with large buttons that a role may record."""
    kinds = (VOCABULARY.of(model) for model in FIRST)
    return [offer(kind) for kind in kinds if may_ever_record(role, kind)]


def others_of(role: Role) -> Sequence[Group]:
    """Return all other types that a role may record, under headings."""
    groups: dict[str, list[Offer]] = {_JOURNEY: [], _FRAME: [], _AMENDING: []}
    sooner = [VOCABULARY.of(model) for model in SOONER]
    for kind in dict.fromkeys((*sooner, *VOCABULARY.kinds)):
        if kind.model not in FIRST and may_ever_record(role, kind):
            groups[_group(kind)].append(offer(kind))
    return [Group(title, offers) for title, offers in groups.items() if offers]


def _group(kind: EventKind) -> str:
    by = kind.model.recorded_by
    if by in (RecordedBy.AMENDER, RecordedBy.PRIVACY) or kind.model is VisibilityChanged:
        return _AMENDING
    return _FRAME if by is RecordedBy.FACILITATOR else _JOURNEY


class Buttons(NamedTuple):
    """What `/record` shows: the types with buttons, and those below them."""

    may_record: bool
    first: Sequence[Offer]
    others: Sequence[Group]
    hosted: Sequence[Mapping[str, Any]]
    """The open cohorts in which the visitor may host a session."""


def buttons(answer: Answer, visit: Visit) -> Buttons:
    """Return what the visitor may record."""
    role = visit.viewer.role
    cohorts = (answer.get("viewer") or {"cohorts": ()})["cohorts"]
    found = answer["open"]["nodes"] if cohorts is None else cohorts
    may_host = may_ever_record(role, VOCABULARY.of(SessionHeld))
    hosted = [one for one in found if may_host and one.get("closedAt") is None]
    return Buttons(records(role), first_of(role), others_of(role), hosted)


def next_of(role: Role, kind: EventKind) -> Sequence[Offer]:
    """Return the types that usually come after a type, as far as the role may record them."""
    words = words_of(kind)
    found = [VOCABULARY.of(model) for model in words.then] if words else []
    return [offer(one) for one in found if may_ever_record(role, one)]


def messages() -> Iterable[str]:
    """Return the titles, for the catalogues."""
    return (*TITLES.values(), _FRAME, _JOURNEY, _AMENDING)
