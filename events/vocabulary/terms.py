"""The closed lists of terms that events use, each with its source. Event types, the graph and the figures use them.

A term is sent as its value. The docstring of a list says if its order has a meaning; otherwise it has none.
"""

from events.vocabulary.term import Term


class Framing(Term):
    """How an organisation regards people: done to, done for or done with (New Citizenship Project)."""

    SUBJECT = "subject"
    CONSUMER = "consumer"
    CITIZEN = "citizen"


class ParticipationLevel(Term):
    """The level of the public's participation in a decision (IAP2 Spectrum). The levels are not a ranking."""

    INFORM = "inform"
    CONSULT = "consult"
    INVOLVE = "involve"
    COLLABORATE = "collaborate"
    EMPOWER = "empower"


class Mode(Term):
    """A way in which people can take part (Everyday Participation, New Citizenship Project)."""

    TELL_STORIES = "tell_stories"
    GATHER_DATA = "gather_data"
    SHARE_CONNECTIONS = "share_connections"
    CONTRIBUTE_IDEAS = "contribute_ideas"
    GIVE_TIME = "give_time"
    LEARN_SKILLS = "learn_skills"
    CROWDFUND_INNOVATION = "crowdfund_innovation"


class Result(Term):
    """What an iteration showed about its hypothesis."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    DID_NOT_FINISH = "did_not_finish"
    INVALID = "invalid"


class Decision(Term):
    """What the organisation does next."""

    PERSEVERE = "persevere"
    PIVOT = "pivot"
    RETIRE = "retire"
    CONTINUE_TESTING = "continue_testing"
    SCALE = "scale"


class EvidenceKind(Term):
    """The kind of evidence behind an observation, from weak to strong."""

    SAID_OPINION = "said_opinion"
    SAID_FACT = "said_fact"
    DID_IN_TEST = "did_in_test"
    DID_IN_REAL_LIFE = "did_in_real_life"
    COMMITTED_RESOURCES = "committed_resources"


class FailureType(Term):
    """The three types of failure (Edmondson)."""

    BASIC = "basic"
    COMPLEX = "complex"
    INTELLIGENT = "intelligent"


class FailureCause(Term):
    """The cause of a failure, from blameworthy to praiseworthy (Edmondson's spectrum, 2011)."""

    DEVIANCE = "deviance"
    INATTENTION = "inattention"
    LACK_OF_ABILITY = "lack_of_ability"
    PROCESS_INADEQUACY = "process_inadequacy"
    TASK_CHALLENGE = "task_challenge"
    PROCESS_COMPLEXITY = "process_complexity"
    UNCERTAINTY = "uncertainty"
    HYPOTHESIS_TESTING = "hypothesis_testing"
    EXPLORATORY_TESTING = "exploratory_testing"


class Facet(Term):
    """The aspect of a project that a judgement concerns (FailSpace)."""

    PURPOSE = "purpose"
    PROCESS = "process"
    PARTICIPATION = "participation"
    PRACTICE = "practice"
    PROFILE = "profile"


class Degree(Term):
    """The degree of failure or success (FailSpace), from 0 to 5 in this order."""

    OUTRIGHT_FAILURE = "outright_failure"
    PRECARIOUS_FAILURE = "precarious_failure"
    TOLERABLE_FAILURE = "tolerable_failure"
    CONFLICTED_SUCCESS = "conflicted_success"
    RESILIENT_SUCCESS = "resilient_success"
    OUTRIGHT_SUCCESS = "outright_success"


class ForWhom(Term):
    """The party for whom it is a failure: the same event can be a success for another party (FailSpace)."""

    ORGANISATION = "organisation"
    PARTICIPANTS = "participants"
    CITIZENS = "citizens"
    STAFF = "staff"
    FUNDER = "funder"
    PARTNERS = "partners"
    FACILITATOR = "facilitator"
    OTHER = "other"


class Loop(Term):
    """What a learning changes: actions, the thinking behind them (Argyris and Schön), or learning itself (later)."""

    SINGLE = "single"
    DOUBLE = "double"
    TRIPLE = "triple"


class ChangeType(Term):
    """What changed in a social actor (Outcome Harvesting)."""

    BEHAVIOUR = "behaviour"
    RELATIONSHIP = "relationship"
    ACTION = "action"
    ACTIVITY = "activity"
    POLICY = "policy"
    PRACTICE = "practice"


class Sign(Term):
    """Whether a harvested outcome is positive or negative (Outcome Harvesting)."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class InspirationKind(Term):
    """The kind of inspiration that is shared with a cohort."""

    CASE_STUDY = "case_study"
    THEORY = "theory"
    SPEAKER = "speaker"
    VISIT = "visit"
    TOOL = "tool"
    PEER_PRACTICE = "peer_practice"


class PublicationKind(Term):
    """The kind of publication."""

    REPORT = "report"
    TOOLKIT = "toolkit"
    FIELD_GUIDE = "field_guide"
    CASE_STUDY = "case_study"
    FAILURE_REPORT = "failure_report"
    DATASET = "dataset"
    ARTICLE = "article"


class LeaveReason(Term):
    """Why an organisation left its cohort."""

    COMPLETED = "completed"
    CAPACITY = "capacity"
    PRIORITIES_CHANGED = "priorities_changed"
    FUNDING = "funding"
    RESTRUCTURED = "restructured"
    OTHER = "other"


class CheckinStatus(Term):
    """The state of the work that an organisation started, some months after its cohort closed."""

    GROWING = "growing"
    HOLDING = "holding"
    FADING = "fading"
    STOPPED = "stopped"


class SessionKind(Term):
    """The kind of session that a cohort holds."""

    WORKSHOP = "workshop"
    CHECK_IN = "check_in"
    VISIT = "visit"
    SHOWCASE = "showcase"
    REVIEW = "review"
    TRAINING = "training"
    OTHER = "other"


class CommitmentOutcome(Term):
    """What became of a commitment."""

    KEPT = "kept"
    CHANGED = "changed"
    DROPPED = "dropped"


class QuestionOutcome(Term):
    """How a question was closed."""

    ANSWERED = "answered"
    PARKED = "parked"


class Agreement(Term):
    """How far another organisation agrees with a harvested outcome (substantiation in Outcome Harvesting)."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class Visibility(Term):
    """Who may see a subject or an event, from narrowest to widest."""

    PRIVATE = "private"
    PAIR = "pair"
    COHORT = "cohort"
    PUBLIC = "public"


class TimePrecision(Term):
    """How exactly an event's time is known, from least to most exactly."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"
