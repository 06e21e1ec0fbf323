"""The closed lists of terms that events use, each with its source. Event types, the graph and the figures use them.

A term is sent as its value. The docstring of a list says if its order has a meaning; otherwise it has none.
"""

from events.vocabulary.term import Term


class Framing(Term):
    """How an organisation regards people: done to, done for or done with (New Citizenship Project)."""

    SUBJECT = "subject", "Done to", "The organisation decides, and people are expected to comply."
    CONSUMER = "consumer", "Done for", "The organisation serves, and people choose what they like."
    CITIZEN = "citizen", "Done with", "The organisation and people shape the work together."


class ParticipationLevel(Term):
    """The level of the public's participation in a decision (IAP2 Spectrum). The levels are not a ranking."""

    INFORM = "inform", "Inform", "People are given what they need to understand the question."
    CONSULT = "consult", "Consult", "People are asked what they think, and hear what came of it."
    INVOLVE = (
        "involve",
        "Involve",
        "The organisation works with people throughout, and their concerns count.",
    )
    COLLABORATE = (
        "collaborate",
        "Collaborate",
        "People work on every step of the decision as partners.",
    )
    EMPOWER = "empower", "Empower", "People decide, and the organisation does what they decide."


class Mode(Term):
    """A way in which people can take part (Everyday Participation, New Citizenship Project)."""

    TELL_STORIES = "tell_stories", "Share stories", "People share what they have lived or heard."
    GATHER_DATA = "gather_data", "Gather data", "People count, measure, photograph or collect."
    SHARE_CONNECTIONS = (
        "share_connections",
        "Share connections",
        "People bring in others whom they know.",
    )
    CONTRIBUTE_IDEAS = "contribute_ideas", "Contribute ideas", "People suggest what could be done."
    GIVE_TIME = "give_time", "Give time", "People help with the work as volunteers."
    LEARN_SKILLS = (
        "learn_skills",
        "Learn skills",
        "People learn to do something that the work needs.",
    )
    CROWDFUND_INNOVATION = (
        "crowdfund_innovation",
        "Crowdfund something new",
        "People put their own money towards something new.",
    )


class Result(Term):
    """What an iteration showed about its hypothesis."""

    SUPPORTED = "supported", "Supported", "What was seen agrees with the hypothesis."
    REFUTED = "refuted", "Refuted", "What was seen contradicts the hypothesis."
    INCONCLUSIVE = "inconclusive", "Inconclusive", "What was seen could be read either way."
    DID_NOT_FINISH = "did_not_finish", "Did not finish", "It was never begun, or stopped too early."
    INVALID = "invalid", "Invalid", "It was done, but not in a way that tests the hypothesis."


class Decision(Term):
    """What the organisation does next."""

    PERSEVERE = "persevere", "Persevere", "Keep going in the same direction."
    PIVOT = "pivot", "Pivot", "Keep the question and try something different."
    RETIRE = "retire", "Retire", "Stop this line of work."
    CONTINUE_TESTING = "continue_testing", "Continue testing", "Test the same idea again."
    SCALE = "scale", "Scale", "Do it for more people, more often or in more places."


class EvidenceKind(Term):
    """The kind of evidence behind an observation, from weak to strong."""

    SAID_OPINION = (
        "said_opinion",
        "A statement of opinion",
        "Somebody gave an opinion, or announced what they would do.",
    )
    SAID_FACT = (
        "said_fact",
        "A statement of fact",
        "Somebody gave an account of what they have done or what happened.",
    )
    DID_IN_TEST = (
        "did_in_test",
        "Action in a test",
        "Somebody did it in a situation that was arranged for it.",
    )
    DID_IN_REAL_LIFE = (
        "did_in_real_life",
        "Action in real life",
        "Somebody did it in their own time and for their own reasons.",
    )
    COMMITTED_RESOURCES = (
        "committed_resources",
        "Committed resources",
        "Somebody gave money, time or a promise that costs them something.",
    )


class FailureType(Term):
    """The three types of failure (Edmondson)."""

    BASIC = "basic", "Basic", "It has one cause, in known territory, and could have been avoided."
    COMPLEX = "complex", "Complex", "Several causes came together in a way that nobody foresaw."
    INTELLIGENT = (
        "intelligent",
        "Intelligent",
        "A careful test in new territory did not give the result that was hoped for.",
    )


class FailureCause(Term):
    """The cause of a failure, from blameworthy to praiseworthy (Edmondson's spectrum, 2011)."""

    DEVIANCE = "deviance", "Deviance", "Somebody chose to break a rule."
    INATTENTION = "inattention", "Inattention", "Somebody did not notice, or forgot."
    LACK_OF_ABILITY = "lack_of_ability", "Lack of ability", "Somebody had not learned how to do it."
    PROCESS_INADEQUACY = (
        "process_inadequacy",
        "Inadequate process",
        "People followed the procedure, and it was wrong or incomplete.",
    )
    TASK_CHALLENGE = (
        "task_challenge",
        "A hard task",
        "The task is too difficult to succeed every time.",
    )
    PROCESS_COMPLEXITY = (
        "process_complexity",
        "Complex process",
        "Many parts met in a way that had not occurred before.",
    )
    UNCERTAINTY = "uncertainty", "Uncertainty", "Nobody could know what would happen."
    HYPOTHESIS_TESTING = (
        "hypothesis_testing",
        "Testing a hypothesis",
        "A test of an idea showed that the idea does not hold.",
    )
    EXPLORATORY_TESTING = (
        "exploratory_testing",
        "Exploring",
        "An experiment to find out more gave a result that nobody wanted.",
    )


class Facet(Term):
    """The aspect of a project that a judgement concerns (FailSpace)."""

    PURPOSE = "purpose", "Purpose", "What it was for."
    PROCESS = "process", "Process", "How it was planned and run."
    PARTICIPATION = "participation", "Participation", "Who took part, and how."
    PRACTICE = "practice", "Practice", "How good the work itself was."
    PROFILE = "profile", "Profile", "How it was seen by others."


class Degree(Term):
    """The degree of failure or success (FailSpace), from 0 to 5 in this order."""

    OUTRIGHT_FAILURE = (
        "outright_failure",
        "Outright failure",
        "Nothing of what was intended was achieved, or it did harm.",
    )
    PRECARIOUS_FAILURE = (
        "precarious_failure",
        "Precarious failure",
        "Little was achieved, and what was achieved may not last.",
    )
    TOLERABLE_FAILURE = (
        "tolerable_failure",
        "Tolerable failure",
        "It fell short, but one can live with it.",
    )
    CONFLICTED_SUCCESS = (
        "conflicted_success",
        "Conflicted success",
        "It was achieved for some, at a cost or against opposition.",
    )
    RESILIENT_SUCCESS = (
        "resilient_success",
        "Resilient success",
        "It was largely achieved, in spite of setbacks.",
    )
    OUTRIGHT_SUCCESS = (
        "outright_success",
        "Outright success",
        "Everything that was intended was achieved.",
    )


class ForWhom(Term):
    """The party for whom it is a failure: the same event can be a success for another party (FailSpace)."""

    ORGANISATION = "organisation", "The organisation", "The organisation that did the work."
    PARTICIPANTS = "participants", "Participants", "The people who took part."
    CITIZENS = "citizens", "Citizens", "People of the place, whether they took part or not."
    STAFF = "staff", "Staff", "The people who work for the organisation, paid or not."
    FUNDER = "funder", "The funder", "Those who paid for it."
    PARTNERS = "partners", "Partners", "Other organisations that worked on it."
    FACILITATOR = "facilitator", "The facilitator", "Those who facilitate the cohort."
    OTHER = "other", "Others", "Somebody who is not on this list."


class Loop(Term):
    """What a learning changes: actions, the thinking behind them (Argyris and Schön), or learning itself (later)."""

    SINGLE = "single", "Single loop", "We do the same thing in a better way."
    DOUBLE = "double", "Double loop", "We question what we believed and do a different thing."
    TRIPLE = "triple", "Triple loop", "We change the way in which we learn and decide."


class ChangeType(Term):
    """What changed in a social actor (Outcome Harvesting)."""

    BEHAVIOUR = "behaviour", "Behaviour", "How somebody behaves."
    RELATIONSHIP = "relationship", "Relationship", "How people or groups get on."
    ACTION = "action", "Action", "Something that somebody did once."
    ACTIVITY = "activity", "Activity", "Something that somebody does regularly."
    POLICY = "policy", "Policy", "A rule, a plan or a law."
    PRACTICE = "practice", "Practice", "How an organisation usually does its work."


class Sign(Term):
    """Whether a harvested outcome is positive or negative (Outcome Harvesting)."""

    POSITIVE = "positive", "Positive", "The change is for the better."
    NEGATIVE = "negative", "Negative", "The change is for the worse."


class InspirationKind(Term):
    """The kind of inspiration that is shared with a cohort."""

    CASE_STUDY = "case_study", "Case study", "An account of what others did and what came of it."
    THEORY = "theory", "Theory", "An idea or a model that helps to think about the work."
    SPEAKER = "speaker", "Speaker", "Somebody who talks about their experience."
    VISIT = "visit", "Visit", "A place to go and see."
    TOOL = "tool", "Tool", "A method, a template or a thing to use."
    PEER_PRACTICE = "peer_practice", "Peer practice", "Something that one of the peers does."


class PublicationKind(Term):
    """The kind of publication."""

    REPORT = "report", "Report", "An account of the work and its results."
    TOOLKIT = "toolkit", "Toolkit", "Materials with which others can do the same."
    FIELD_GUIDE = "field_guide", "Field guide", "Advice for people who do this work."
    CASE_STUDY = "case_study", "Case study", "An account of one case in depth."
    FAILURE_REPORT = "failure_report", "Failure report", "An account of what did not work, and why."
    DATASET = "dataset", "Data set", "Data that others can analyse."
    ARTICLE = "article", "Article", "A text in a paper, a magazine or on a website."


class LeaveReason(Term):
    """Why an organisation left its cohort."""

    COMPLETED = "completed", "Completed", "It did what it came to do."
    CAPACITY = "capacity", "Capacity", "It no longer has enough time or people."
    PRIORITIES_CHANGED = (
        "priorities_changed",
        "Priorities changed",
        "Something else has become more important.",
    )
    FUNDING = "funding", "Funding", "The money for it ended."
    RESTRUCTURED = "restructured", "Restructured", "The organisation was merged, split or closed."
    OTHER = "other", "Other", "A reason that is not on this list."


class CheckinStatus(Term):
    """The state of the work that an organisation started, some months after its cohort closed."""

    GROWING = "growing", "Growing", "There is more of it than at the close."
    HOLDING = "holding", "Holding", "There is about as much of it as at the close."
    FADING = "fading", "Fading", "There is less of it than at the close."
    STOPPED = "stopped", "Stopped", "It is no longer done."


class SessionKind(Term):
    """The kind of session that a cohort holds."""

    WORKSHOP = "workshop", "Workshop", "People work on something together."
    CHECK_IN = "check_in", "Check-in", "Everyone reports how the work is going."
    VISIT = "visit", "Visit", "The cohort goes to see a place."
    SHOWCASE = "showcase", "Showcase", "The organisations show others what they have done."
    REVIEW = "review", "Review", "The cohort looks back at what happened."
    TRAINING = "training", "Training", "People learn a skill."
    OTHER = "other", "Other", "A session that is not on this list."


class CommitmentOutcome(Term):
    """What became of a commitment."""

    KEPT = "kept", "Kept", "It was done as promised."
    CHANGED = "changed", "Changed", "Something else was done instead."
    DROPPED = "dropped", "Dropped", "It was not done, and will not be."


class Outcome(Term):
    """How a question was closed."""

    ANSWERED = "answered", "Answered", "The organisation knows enough to act on it."
    PARKED = "parked", "Parked", "The organisation leaves it for now."


class Agreement(Term):
    """How far another organisation agrees with a harvested outcome (substantiation in Outcome Harvesting)."""

    FULL = (
        "full",
        "In full",
        "It happened as described, and the organisation contributed as described.",
    )
    PARTIAL = (
        "partial",
        "In part",
        "Some of it happened, or the organisation contributed less or more.",
    )
    NONE = "none", "Not at all", "It did not happen, or the organisation did not contribute."


class Visibility(Term):
    """Who may see a subject or an event, from narrowest to widest."""

    PRIVATE = (
        "private",
        "Private",
        "Its organisation, facilitators and evaluators; not evaluators if the cause is deviance.",
    )
    PAIR = (
        "pair",
        "Paired organisations",
        "Those of Private, and organisations now paired with the owner in the cohort.",
    )
    COHORT = (
        "cohort",
        "The cohort",
        "Those of Paired organisations, every organisation ever in the cohort, and analysts.",
    )
    PUBLIC = "public", "Public", "Everyone."


class TimePrecision(Term):
    """How exactly an event's time is known, from least to most exactly."""

    YEAR = "year", "The year", "It happened in that year."
    MONTH = "month", "The month", "It happened in that month."
    DAY = "day", "The day", "It happened on that day."
    MINUTE = "minute", "The minute", "It happened at that time of day."
