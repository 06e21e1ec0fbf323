"""What each figure counts and what not, in plain words. The exact definitions are the graph's."""

from collections.abc import Mapping, Sequence
from typing import Final

from service.pages.frame.language import Language

WORDS: Final[Mapping[str, Sequence[str]]] = {
    "resultsByDecision": ("Result", "Decision"),
    "thinDecisions": ("Decision", "EvidenceLevel"),
    "failureMix": ("FailureType", "Facet", "Degree"),
    "doubleLoop": ("Loop",),
    "perspectiveGap": ("Facet", "Degree", "ForWhom"),
    "avoidableRepeats": ("Facet", "FailureCause"),
    "reach": ("ParticipationLevel", "Mode"),
    "participationShift": ("ParticipationLevel",),
    "framingShift": ("Framing",),
    "harvest": ("ChangeType", "Agreement"),
    "sustained": ("CheckinStatus",),
    "leavers": ("LeaveReason",),
    "inspirationYield": ("InspirationKind",),
    "questionFamilies": ("Result",),
    "danglingPivots": ("Decision",),
    "noFailuresTold": ("Result",),
    "modesTried": ("Mode",),
}
"""The closed lists from which the words of a figure are, by its name in the graph."""


def meanings(language: Language) -> Mapping[str, str]:
    """Return what each figure counts, by its name in the graph."""
    _ = language.gettext
    return {
        "funnel": _(
            "The questions of the organisations, their trials, and what came of them; the shared question does not "
            "count. A learning counts once, however many organisations took it up. A trial counts as "
            "concluded also if its start was not recorded."
        ),
        "timeToFirstIteration": _(
            "The days from a question to the planning of its first trial. Questions without a trial are counted apart."
        ),
        "resultsByDecision": _(
            "Concluded trials, by what they showed and by what was decided next. Other trials do not count."
        ),
        "thinDecisions": _(
            "Trials after which it was decided to persevere or to scale, and how many of these decisions rest on the "
            "lowest level of evidence. Other decisions do not count."
        ),
        "pathways": _(
            "Trials that follow each other, with what was recorded about them in order. Where two trials follow the "
            "same one, these are two chains."
        ),
        "failureMix": _(
            "All failures, also those outside a trial. Some were recorded without a type, or without what failed: "
            "they are not classified."
        ),
        "failFast": _(
            "The days from the start of a trial to each failure that was recorded for it. Failures outside a trial do "
            "not count, and neither do those of a trial that was never started."
        ),
        "failureConversion": _(
            "Failures that are at least 30 days old, and how many of them a learning named as its source within 30 "
            "days. Newer failures do not count."
        ),
        "learningVelocity": _(
            "The days from the start of a trial to the first learning that its organisation drew from it or from one "
            "of its failures. Trials without a learning are counted apart; those never started do not count."
        ),
        "doubleLoop": _(
            "All learnings, and those that changed the thinking (double loop) or the way of learning (triple loop). "
            "Of those with a double loop that are at least 60 days old: how many led to new words for a question "
            "within 60 days."
        ),
        "perspectiveGap": _(
            "Parts of a trial that at least two failures judge for different people, such as staff and citizens: how "
            "many steps the worst and the best judgement are apart. What was judged only once does not count."
        ),
        "avoidableRepeats": _(
            "Failures of a trial for which it is known what failed and what caused it. One was known before if "
            "another organisation had failed at the same for the same cause, and what it had learned could be read "
            "before the trial was planned, but had not been taken up for it."
        ),
        "contestedLearnings": _(
            "All learnings, and those that somebody challenged and that were not revised afterwards."
        ),
        "costOfLearning": _(
            "Concluded trials for which hours or money were recorded, and the learnings that name them. Trials without "
            "such a record do not count."
        ),
        "reach": _(
            "Records of people who took part in trials. A person counts each time. Those who came to sessions of the "
            "cohort do not count."
        ),
        "participationShift": _(
            "Organisations that recorded on at least three days how much say people had. The levels are not a ranking."
        ),
        "framingShift": _(
            "Organisations that assessed at least twice how they see people; the first and the last assessment are "
            "compared. Those with one assessment do not count."
        ),
        "attendance": _(
            "Sessions of the cohort. For each member, only those count that were held while it was in. Hosts are not "
            "members."
        ),
        "harvest": _(
            "Changes in other people, groups or organisations. One is confirmed if at least one other organisation "
            "agrees in full or in part, and disputed if at least one does not agree at all: it can be both."
        ),
        "sustained": _(
            "Organisations that were in when the cohort closed, by what they reported about 6, 12 and 24 months later. "
            "Those that had left before do not count."
        ),
        "retention": _(
            "Organisations that joined, those that left before the close, and those that were in at the close, or are "
            "in now. Hosts do not count."
        ),
        "leavers": _(
            "Organisations that left before the close and did not come back, by their last reason."
        ),
        "diffusion": _(
            "Each time that an organisation took up a learning of another one for the first time, so a learning counts "
            "for each organisation that took it up. What an organisation took up outside the cohort, such as after it "
            "had left, does not count."
        ),
        "pairingLift": _(
            "Learnings that two organisations took up from each other while both were in the cohort: how many in the "
            "months in which they were paired, and how many in the others. What was taken up at other times does not "
            "count."
        ),
        "inspirationYield": _(
            "Inspirations that were shared, and those that were used or named in a plan. One that was used several "
            "times counts once."
        ),
        "openness": _(
            "All failures and learnings, and those that are public. For the days, all count that were ever public."
        ),
        "questionFamilies": _(
            "Questions below those that they came from, with their concluded trials. A question that names none stands "
            "below the shared question."
        ),
        "pairingSuggestions": _(
            "Two organisations in the cohort that are not paired now, where one asks about a theme on which the other "
            "has learned something. After the close, nobody is in the cohort."
        ),
        "pairingsWithoutMeeting": _(
            "Pairings that have not ended, and those of them that began at least 30 days ago without a meeting since."
        ),
        "quietOrganisations": _(
            "Organisations that are in the cohort, and those of them that have recorded nothing for more than 14 days "
            "and for more than twice their usual gap. Those that left do not count."
        ),
        "stalledIterations": _(
            "Trials that were started and not concluded, and those of them about which nothing was recorded in the "
            "last 30 days. Trials that are only planned do not count."
        ),
        "openAsks": _("All requests for help, and those that nobody has answered."),
        "openCommitments": _(
            "Commitments with a date that are not settled, and those of them whose date has passed. Commitments "
            "without a date do not count."
        ),
        "danglingPivots": _(
            "Trials that were concluded at least 30 days ago with the decision to pivot or to continue testing, and "
            "those of them after which neither a trial was planned nor the question reworded or closed within "
            "30 days."
        ),
        "noFailuresTold": _(
            "Organisations with at least three concluded trials, and those of them whose trials were all supported or "
            "invalid and that recorded no failure."
        ),
        "compareCohorts": _(
            "The numbers of each cohort over itself alone, as the other figures count them. A number is left out if "
            "there is nothing to compute it from, or if only those who see everything in that cohort would get it "
            "right."
        ),
        "recurringThemes": _(
            "Themes that questions, failures or learnings have in at least two cohorts, with how many of these in "
            "each. Shared questions do not count, and neither does what is in no cohort."
        ),
        "learningReach": _(
            "The learnings of the organisation, and the other organisations that took up at least one of them. A "
            "chain continues where the one that took up a learning drew a later one from the trial for which it took it"
            " up."
        ),
        "modesTried": _(
            "Trials that the organisation started, and in how many of the ways people took part in them. For each "
            "other way, the latest learning or inspiration about it, of any organisation."
        ),
        "rhythm": _(
            "Trials that the organisation started in each cohort, for each month in which it was there. The quartiles "
            "are those of all organisations of that cohort. There are no ranks."
        ),
    }
