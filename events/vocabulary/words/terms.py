"""The words of the closed lists: a title and a sentence for every term. JSON Schemas, documentation and the graph show
them.

The terms are in `events.vocabulary.terms`. They are apart from their words, because they decide what is computed from
the log.
"""

from collections.abc import Mapping
from typing import Final

from events.vocabulary.term import Term
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
from events.vocabulary.words.wording import ClosedList, TermWords

_TERMS: Final[Mapping[type[Term], Mapping[Term, tuple[str, str]]]] = {
    Framing: {
        Framing.SUBJECT: (
            "Done to",
            "The organisation decides, and people are expected to comply.",
        ),
        Framing.CONSUMER: (
            "Done for",
            "The organisation serves, and people choose what they like.",
        ),
        Framing.CITIZEN: ("Done with", "The organisation and people shape the work together."),
    },
    ParticipationLevel: {
        ParticipationLevel.INFORM: (
            "Inform",
            "People are given what they need to understand the question.",
        ),
        ParticipationLevel.CONSULT: (
            "Consult",
            "People are asked what they think, and hear what came of it.",
        ),
        ParticipationLevel.INVOLVE: (
            "Involve",
            "The organisation works with people throughout, and their concerns count.",
        ),
        ParticipationLevel.COLLABORATE: (
            "Collaborate",
            "People work on every step of the decision as partners.",
        ),
        ParticipationLevel.EMPOWER: (
            "Empower",
            "People decide, and the organisation does what they decide.",
        ),
    },
    Mode: {
        Mode.TELL_STORIES: ("Share stories", "People share what they have lived or heard."),
        Mode.GATHER_DATA: ("Gather data", "People count, measure, photograph or collect."),
        Mode.SHARE_CONNECTIONS: ("Share connections", "People bring in others whom they know."),
        Mode.CONTRIBUTE_IDEAS: ("Contribute ideas", "People suggest what could be done."),
        Mode.GIVE_TIME: ("Give time", "People help with the work as volunteers."),
        Mode.LEARN_SKILLS: ("Learn skills", "People learn to do something that the work needs."),
        Mode.CROWDFUND_INNOVATION: (
            "Crowdfund something new",
            "People put their own money towards something new.",
        ),
    },
    Result: {
        Result.SUPPORTED: ("Supported", "What was seen agrees with the hypothesis."),
        Result.REFUTED: ("Refuted", "What was seen contradicts the hypothesis."),
        Result.INCONCLUSIVE: ("Inconclusive", "What was seen could be read either way."),
        Result.DID_NOT_FINISH: ("Did not finish", "It was never begun, or stopped too early."),
        Result.INVALID: ("Invalid", "It was done, but not in a way that tests the hypothesis."),
    },
    Decision: {
        Decision.PERSEVERE: ("Persevere", "Keep going in the same direction."),
        Decision.PIVOT: ("Pivot", "Keep the question and try something different."),
        Decision.RETIRE: ("Retire", "Stop this line of work."),
        Decision.CONTINUE_TESTING: ("Continue testing", "Test the same idea again."),
        Decision.SCALE: ("Scale", "Do it for more people, more often or in more places."),
    },
    EvidenceKind: {
        EvidenceKind.SAID_OPINION: (
            "A statement of opinion",
            "Somebody gave an opinion, or announced what they would do.",
        ),
        EvidenceKind.SAID_FACT: (
            "A statement of fact",
            "Somebody gave an account of what they have done or what happened.",
        ),
        EvidenceKind.DID_IN_TEST: (
            "Action in a test",
            "Somebody did it in a situation that was arranged for it.",
        ),
        EvidenceKind.DID_IN_REAL_LIFE: (
            "Action in real life",
            "Somebody did it in their own time and for their own reasons.",
        ),
        EvidenceKind.COMMITTED_RESOURCES: (
            "Committed resources",
            "Somebody gave money, time or a promise that costs them something.",
        ),
    },
    FailureType: {
        FailureType.BASIC: (
            "Basic",
            "It has one cause, in known territory, and could have been avoided.",
        ),
        FailureType.COMPLEX: (
            "Complex",
            "Several causes came together in a way that nobody foresaw.",
        ),
        FailureType.INTELLIGENT: (
            "Intelligent",
            "A careful test in new territory did not give the result that was hoped for.",
        ),
    },
    FailureCause: {
        FailureCause.DEVIANCE: ("Deviance", "Somebody chose to break a rule."),
        FailureCause.INATTENTION: ("Inattention", "Somebody did not notice, or forgot."),
        FailureCause.LACK_OF_ABILITY: ("Lack of ability", "Somebody had not learned how to do it."),
        FailureCause.PROCESS_INADEQUACY: (
            "Inadequate process",
            "People followed the procedure, and it was wrong or incomplete.",
        ),
        FailureCause.TASK_CHALLENGE: (
            "A hard task",
            "The task is too difficult to succeed every time.",
        ),
        FailureCause.PROCESS_COMPLEXITY: (
            "Complex process",
            "Many parts met in a way that had not occurred before.",
        ),
        FailureCause.UNCERTAINTY: ("Uncertainty", "Nobody could know what would happen."),
        FailureCause.HYPOTHESIS_TESTING: (
            "Testing a hypothesis",
            "A test of an idea showed that the idea does not hold.",
        ),
        FailureCause.EXPLORATORY_TESTING: (
            "Exploring",
            "An experiment to find out more gave a result that nobody wanted.",
        ),
    },
    Facet: {
        Facet.PURPOSE: ("Purpose", "What it was for."),
        Facet.PROCESS: ("Process", "How it was planned and run."),
        Facet.PARTICIPATION: ("Participation", "Who took part, and how."),
        Facet.PRACTICE: ("Practice", "How good the work itself was."),
        Facet.PROFILE: ("Profile", "How it was seen by others."),
    },
    Degree: {
        Degree.OUTRIGHT_FAILURE: (
            "Outright failure",
            "Nothing of what was intended was achieved, or it did harm.",
        ),
        Degree.PRECARIOUS_FAILURE: (
            "Precarious failure",
            "Little was achieved, and what was achieved may not last.",
        ),
        Degree.TOLERABLE_FAILURE: ("Tolerable failure", "It fell short, but one can live with it."),
        Degree.CONFLICTED_SUCCESS: (
            "Conflicted success",
            "It was achieved for some, at a cost or against opposition.",
        ),
        Degree.RESILIENT_SUCCESS: (
            "Resilient success",
            "It was largely achieved, in spite of setbacks.",
        ),
        Degree.OUTRIGHT_SUCCESS: ("Outright success", "Everything that was intended was achieved."),
    },
    ForWhom: {
        ForWhom.ORGANISATION: ("The organisation", "The organisation that did the work."),
        ForWhom.PARTICIPANTS: ("Participants", "The people who took part."),
        ForWhom.CITIZENS: ("Citizens", "People of the place, whether they took part or not."),
        ForWhom.STAFF: ("Staff", "The people who work for the organisation, paid or not."),
        ForWhom.FUNDER: ("The funder", "Those who paid for it."),
        ForWhom.PARTNERS: ("Partners", "Other organisations that worked on it."),
        ForWhom.FACILITATOR: ("The facilitator", "Those who facilitate the cohort."),
        ForWhom.OTHER: ("Others", "Somebody who is not on this list."),
    },
    Loop: {
        Loop.SINGLE: ("Single loop", "We do the same thing in a better way."),
        Loop.DOUBLE: ("Double loop", "We question what we believed and do a different thing."),
        Loop.TRIPLE: ("Triple loop", "We change the way in which we learn and decide."),
    },
    ChangeType: {
        ChangeType.BEHAVIOUR: ("Behaviour", "How somebody behaves."),
        ChangeType.RELATIONSHIP: ("Relationship", "How people or groups get on."),
        ChangeType.ACTION: ("Action", "Something that somebody did once."),
        ChangeType.ACTIVITY: ("Activity", "Something that somebody does regularly."),
        ChangeType.POLICY: ("Policy", "A rule, a plan or a law."),
        ChangeType.PRACTICE: ("Practice", "How an organisation usually does its work."),
    },
    Sign: {
        Sign.POSITIVE: ("Positive", "The change is for the better."),
        Sign.NEGATIVE: ("Negative", "The change is for the worse."),
    },
    InspirationKind: {
        InspirationKind.CASE_STUDY: (
            "Case study",
            "An account of what others did and what came of it.",
        ),
        InspirationKind.THEORY: (
            "Theory",
            "An idea or a model that helps to think about the work.",
        ),
        InspirationKind.SPEAKER: ("Speaker", "Somebody who talks about their experience."),
        InspirationKind.VISIT: ("Visit", "A place to go and see."),
        InspirationKind.TOOL: ("Tool", "A method, a template or a thing to use."),
        InspirationKind.PEER_PRACTICE: ("Peer practice", "Something that one of the peers does."),
    },
    PublicationKind: {
        PublicationKind.REPORT: ("Report", "An account of the work and its results."),
        PublicationKind.TOOLKIT: ("Toolkit", "Materials with which others can do the same."),
        PublicationKind.FIELD_GUIDE: ("Field guide", "Advice for people who do this work."),
        PublicationKind.CASE_STUDY: ("Case study", "An account of one case in depth."),
        PublicationKind.FAILURE_REPORT: (
            "Failure report",
            "An account of what did not work, and why.",
        ),
        PublicationKind.DATASET: ("Data set", "Data that others can analyse."),
        PublicationKind.ARTICLE: ("Article", "A text in a paper, a magazine or on a website."),
    },
    LeaveReason: {
        LeaveReason.COMPLETED: ("Completed", "It did what it came to do."),
        LeaveReason.CAPACITY: ("Capacity", "It no longer has enough time or people."),
        LeaveReason.PRIORITIES_CHANGED: (
            "Priorities changed",
            "Something else has become more important.",
        ),
        LeaveReason.FUNDING: ("Funding", "The money for it ended."),
        LeaveReason.RESTRUCTURED: ("Restructured", "The organisation was merged, split or closed."),
        LeaveReason.OTHER: ("Other", "A reason that is not on this list."),
    },
    CheckinStatus: {
        CheckinStatus.GROWING: ("Growing", "There is more of it than at the close."),
        CheckinStatus.HOLDING: ("Holding", "There is about as much of it as at the close."),
        CheckinStatus.FADING: ("Fading", "There is less of it than at the close."),
        CheckinStatus.STOPPED: ("Stopped", "It is no longer done."),
    },
    SessionKind: {
        SessionKind.WORKSHOP: ("Workshop", "People work on something together."),
        SessionKind.CHECK_IN: ("Check-in", "Everyone reports how the work is going."),
        SessionKind.VISIT: ("Visit", "The cohort goes to see a place."),
        SessionKind.SHOWCASE: ("Showcase", "The organisations show others what they have done."),
        SessionKind.REVIEW: ("Review", "The cohort looks back at what happened."),
        SessionKind.TRAINING: ("Training", "People learn a skill."),
        SessionKind.OTHER: ("Other", "A session that is not on this list."),
    },
    CommitmentOutcome: {
        CommitmentOutcome.KEPT: ("Kept", "It was done as promised."),
        CommitmentOutcome.CHANGED: ("Changed", "Something else was done instead."),
        CommitmentOutcome.DROPPED: ("Dropped", "It was not done, and will not be."),
    },
    QuestionOutcome: {
        QuestionOutcome.ANSWERED: ("Answered", "The organisation knows enough to act on it."),
        QuestionOutcome.PARKED: ("Parked", "The organisation leaves it for now."),
    },
    Agreement: {
        Agreement.FULL: (
            "In full",
            "It happened as described, and the organisation contributed as described.",
        ),
        Agreement.PARTIAL: (
            "In part",
            "Some of it happened, or the organisation contributed less or more.",
        ),
        Agreement.NONE: (
            "Not at all",
            "It did not happen, or the organisation did not contribute.",
        ),
    },
    Visibility: {
        Visibility.PRIVATE: (
            "Private",
            "Its organisation, facilitators and evaluators; not evaluators if the cause is deviance.",
        ),
        Visibility.PAIR: (
            "Paired organisations",
            "Those of Private, and organisations now paired with the owner in the cohort.",
        ),
        Visibility.COHORT: (
            "The cohort",
            "Those of Paired organisations, every organisation ever in the cohort, and analysts.",
        ),
        Visibility.PUBLIC: ("Public", "Everyone."),
    },
    TimePrecision: {
        TimePrecision.YEAR: ("The year", "It happened in that year."),
        TimePrecision.MONTH: ("The month", "It happened in that month."),
        TimePrecision.DAY: ("The day", "It happened on that day."),
        TimePrecision.MINUTE: ("The minute", "It happened at that time of day."),
    },
}

_EVIDENCE_LEVELS: Final = (
    TermWords(
        1,
        "An account of why",
        "You can say what you do and why it should work, logically and convincingly.",
    ),
    TermWords(2, "A measured change", "Data show a change, but not that your work caused it."),
    TermWords(
        3, "A shown cause", "A control or comparison group shows that your work caused the change."
    ),
    TermWords(
        4,
        "Independent confirmation",
        "At least one independent evaluation elsewhere confirms the effect.",
    ),
    TermWords(
        5,
        "Repeatable by others",
        "Manuals, systems and procedures make sure that others get the same effect.",
    ),
)

LISTS: Final[Mapping[str, ClosedList]] = {
    one.name: one
    for one in (
        *(
            ClosedList(
                list_.__name__,
                " ".join((list_.__doc__ or "").split()),
                tuple(TermWords(term.value, *words[term]) for term in list_),
            )
            for list_, words in _TERMS.items()
        ),
        ClosedList(
            "EvidenceLevel",
            "The strength of the evidence, from weak to strong (Nesta Standards of Evidence).",
            _EVIDENCE_LEVELS,
        ),
    )
}
"""The closed lists by their names, which are those of their definitions in JSON Schemas."""
