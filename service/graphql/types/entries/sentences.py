"""The templates of summaries: one or more sentences for each type of event.

Braces contain a field of the event's data. A subject is named by its title. A text is put in quotation marks, except in
`{name:bare}`, and left out in `{facilitator:unsaid}`. A number has its unit, as in `{people:person/people}`. `{former}`
is the title that the subject had before, and `{learning:owner}` the organisation to which a subject belongs. A part in
brackets is left out if one of its fields is absent or names a subject that is hidden from the viewer; `<a|b|c>`
enumerates the parts that are not left out. Of several sentences, the first without an absent field is used. Persons are
never named.
"""

from collections.abc import Mapping
from typing import Final

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types import EVENT_TYPES, EventType
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
from service.graphql.fields.field import Misdeclared
from service.graphql.types.entries.sentence import Sentence

_SAID: Final[Mapping[type[EventType], tuple[str, ...]]] = {
    CohortFormed: ("The cohort {title} was formed around the question {text}.",),
    CohortRevised: (
        "{cohort} was revised, with <the title {title} instead of {former}|another facilitator{facilitator:unsaid}"
        "|{starts_on:bare} as the first day|{planned_months:month/months} planned|{hosts} hosting it>: {reason}.",
        "{cohort} was revised: {reason}.",
    ),
    CohortClosed: ("{cohort} was closed[: {summary}].",),
    OrganisationRegistered: ("{name:bare} was registered.",),
    OrganisationRenamed: (
        "{former:bare} was renamed to {name:bare}[: {reason}].",
        "An organisation was renamed to {name:bare}[: {reason}].",
    ),
    OrganisationJoined: ("{organisation} joined {cohort}[: {motivation}].",),
    OrganisationLeft: ("{organisation} left {cohort} for the reason “{reason}”[: {note}].",),
    OrganisationsPaired: ("{organisations} were paired in {cohort}[: {purpose}].",),
    PairingEnded: ("{pairing} was ended[: {reason}].",),
    PairingMet: (
        "{organisation} reported a meeting of {pairing}[ of {minutes:minute/minutes}][: {summary}].",
    ),
    SessionHeld: (
        "The session {title} (“{kind}”) was held in {cohort}[ with {attended}][: {summary}].",
    ),
    NoteAdded: (
        "{organisation} added a note about {about}: {text}.",
        "A note about {about} was added: {text}.",
    ),
    InspirationShared: (
        "{by} shared the inspiration {title} with {cohort}.",
        "The inspiration {title} was shared with {cohort}.",
    ),
    InspirationUsed: ("{organisation} used {inspiration}[ in {iteration}][: {how}].",),
    HelpAsked: ("{organisation} asked for help: {text}.",),
    HelpGiven: ("{organisation} answered {ask}: {text}.",),
    MindsetAssessed: (
        "{organisation} assessed its mindset as “{framing}”, at the level of participation"
        " “{participation_level}”[: {narrative}].",
    ),
    QuestionFramed: ("{organisation} framed the question {text}.",),
    QuestionReframed: (
        "The question {former}[ of {question:owner}] was reframed as {text} for the reason {reason}.",
        "A question was reframed as {text} for the reason {reason}.",
    ),
    QuestionClosed: ("{question} was closed as “{outcome}”[: {summary}].",),
    IterationPlanned: (
        "{organisation} planned the iteration {title} for {question}[, following {follows}].",
    ),
    IterationRevised: (
        "The plan of {iteration} was revised, with <the hypothesis {hypothesis}|the action {action}"
        "|the measure {measure}|the criterion {criterion}>: {reason}.",
        "The plan of {iteration} was revised: {reason}.",
    ),
    IterationStarted: ("{iteration} was started.",),
    ObservationRecorded: ("An observation was recorded in {iteration}: {text}.",),
    ParticipationRecorded: (
        "{people:person/people} took part in {iteration} at the level “{level}”[, with the mode “{mode}”].",
    ),
    IterationConcluded: (
        "{iteration} was concluded with the result “{result}” and the decision “{decision}”:"
        " {summary}.",
    ),
    FailureRecorded: ("{organisation} recorded a failure[ of {iteration}]: {actual}.",),
    FailureReclassified: (
        "{failure} was reclassified, with <the type “{failure_type}”|the cause “{failure_cause}”|the facet “{facet}”"
        "|the degree “{degree}”>: {reason}.",
        "{failure} was reclassified: {reason}.",
    ),
    LearningCaptured: ("{organisation} captured the learning {statement}.",),
    LearningRevised: (
        "The learning {former}[ of {learning:owner}] was revised to {statement} for the reason {reason}.",
        "A learning was revised to {statement} for the reason {reason}.",
    ),
    LearningChallenged: ("{organisation} challenged {learning}: {reason}.",),
    LearningAdopted: ("{organisation} adopted {learning}[ in {iteration}][: {adaptation}].",),
    ReviewHeld: ("{organisation} held a review[ of {iteration}]: {actual}.",),
    OutcomeHarvested: ("{organisation} harvested the outcome {description}.",),
    OutcomeSubstantiated: (
        "{organisation} assessed {outcome} with the agreement “{agreement}”[: {comment}].",
    ),
    JourneyCheckedIn: (
        "{organisation} checked in {months_after:month/months} after the close of {cohort}"
        " with the status “{status}”[: {narrative}].",
    ),
    PublicationReleased: (
        "{organisation} published the {kind} {title}.",
        "{cohort} published the {kind} {title}.",
        "The {kind} {title} was published.",
    ),
    PublicationWithdrawn: ("{publication} was withdrawn: {reason}.",),
    CommitmentMade: (
        "{organisation} made a commitment[ in {session}][ for {iteration}][, due on {due_on:bare}]: {text}.",
    ),
    CommitmentSettled: ("{commitment} was settled as “{outcome}”[: {note}].",),
    PersonIntroduced: ("{organisation} introduced a person.",),
    PersonForgotten: ("The name and e-mail address of a person were erased.",),
    VisibilityChanged: ("The visibility of {of} was changed to “{visibility}”.",),
    EventVoided: ("{event} was voided: {reason}.",),
    EventCorrected: ("{event} was corrected[: {reason}].",),
}


def _sentence(model: type[EventType]) -> Sentence:
    if model not in _SAID:
        raise Misdeclared(model, "summary", "`entries.sentences` has no template for it")
    return Sentence.read(VOCABULARY.named(model.name), _SAID[model])


SENTENCES: Final = {model.name: _sentence(model) for model in EVENT_TYPES}
"""The sentence of each type of event."""
