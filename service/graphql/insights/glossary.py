"""The descriptions and units of the fields of figures, by name: a name has the same meaning in every figure."""

from typing import Final, NamedTuple

DAYS: Final = "days"
MONTHS: Final = "months"
SHARE: Final = "share, 0 to 1"
PER_MONTH: Final = "iterations a month"
SLOPE: Final = "levels a month"
DEGREES: Final = "degrees, 0 to 5"
HOURS: Final = "hours"
MONEY: Final = "the row's currency"
COUNT: Final = "count"
"""The unit of numbers without another unit."""


class Meaning(NamedTuple):
    """The meaning of a field, with the unit if it is a number but not a count."""

    text: str
    unit: str | None = None

    @property
    def description(self) -> str:
        """The meaning and the unit."""
        return f"{self.text} Unit: {self.unit}." if self.unit else self.text


GLOSSARY: Final[dict[str, Meaning]] = {
    "n": Meaning(
        "The size of the set that the figure is computed over. It is the denominator of a share."
    ),
    "items": Meaning(
        "The things that the figure is computed over, as `<kind>/<key>`, in order of creation."
    ),
    "list": Meaning("The rows, with the highest figure first."),
    "counts": Meaning("The non-zero counts, with the highest first."),
    "count": Meaning("How many there are."),
    "share": Meaning("The share. Null for an empty set.", SHARE),
    "medianDays": Meaning("The median. Null for an empty set.", DAYS),
    "quartiles": Meaning(
        "The lower quartile, the median and the upper quartile, in this order. Null for an empty set.",
        DAYS,
    ),
    "without": Meaning("The number of things for which the awaited event has not happened."),
    "organisation": Meaning("The key of the organisation."),
    "organisations": Meaning("The keys of the organisations."),
    "cohort": Meaning("The key of the cohort."),
    "question": Meaning("The key of the question."),
    "iteration": Meaning("The key of the iteration."),
    "ask": Meaning("The key of the request for help."),
    "failure": Meaning("The key of the failure."),
    "earlier": Meaning("The key of the earlier failure."),
    "learning": Meaning("The key of the learning."),
    "silenceDays": Meaning("The time since the last activity.", DAYS),
    "medianGapDays": Meaning(
        "The median gap between its recording days. Null if there are fewer than two.", DAYS
    ),
    "daysOpen": Meaning("The time since help was requested.", DAYS),
    "commitment": Meaning("The key of the commitment."),
    "daysOverdue": Meaning("The number of whole days since it was due.", DAYS),
    "sessions": Meaning("The number of sessions held while the organisation was a member."),
    "attended": Meaning("The number of these sessions that the organisation attended."),
    "kind": Meaning("The kind of inspiration."),
    "shared": Meaning("The number of inspirations shared."),
    "used": Meaning("The number of inspirations used."),
    "adoptionsPaired": Meaning("The number of adoptions while paired."),
    "monthsPaired": Meaning(
        "The total time for which pairs were paired. Null if there are no pairs.", MONTHS
    ),
    "adoptionsUnpaired": Meaning("The number of adoptions while present together but not paired."),
    "monthsUnpaired": Meaning(
        "The total time for which pairs were present together but not paired. Null if there are no pairs.",
        MONTHS,
    ),
    "lift": Meaning(
        "The rate of adoptions while paired ÷ the rate while not paired. Null if it cannot be computed.",
        "ratio",
    ),
    "score": Meaning("How well it matches. Higher is better.", "0 to 1"),
    "themes": Meaning("The themes that one organisation needs and the other offers."),
    "theme": Meaning("The theme."),
    "reason": Meaning("The reason for leaving."),
    "questions": Meaning("The number of questions owned by organisations."),
    "reframed": Meaning("The number of these questions that were reframed."),
    "tried": Meaning("The number of these questions that have an iteration."),
    "answered": Meaning("The number of these questions that were closed as answered."),
    "parked": Meaning("The number of these questions that were closed as parked."),
    "planned": Meaning("The number of iterations planned."),
    "started": Meaning("The number of these iterations that were started."),
    "concluded": Meaning("The number of these iterations that were concluded."),
    "failures": Meaning("The number of failures."),
    "learnings": Meaning("The number of learnings."),
    "adopted": Meaning("The number of these learnings that another organisation adopted."),
    "publications": Meaning("The number of publications that have not been withdrawn."),
    "result": Meaning("The result."),
    "decision": Meaning("The decision."),
    "failureType": Meaning("The type of failure. Null if not classified."),
    "facet": Meaning("The aspect of the project."),
    "degree": Meaning("The degree of failure or success."),
    "forWhom": Meaning("The party for whom it is a failure."),
    "intelligentShare": Meaning(
        "Intelligent failures ÷ failures with a type. Null for an empty set.", SHARE
    ),
    "corroboratedOf": Meaning(
        "The number of learnings with loop double that are at least 60 days old."
    ),
    "corroborated": Meaning(
        "The share of these learnings that were followed by a reframing. Null for an empty set.",
        SHARE,
    ),
    "participations": Meaning(
        "The number of times that people took part. A person counts each time."
    ),
    "byLevel": Meaning("The participations by level."),
    "byMode": Meaning("The participations by mode."),
    "level": Meaning("The level of participation."),
    "mode": Meaning("The mode of participation."),
    "medianSlope": Meaning("The median of the slopes. Null for an empty set.", SLOPE),
    "slope": Meaning("The change of the level over time.", SLOPE),
    "firstThird": Meaning("The counts of levels in the first third of the recording days."),
    "lastThird": Meaning("The counts of levels in the last third of the recording days."),
    "up": Meaning('The number of organisations that moved towards "done with".'),
    "same": Meaning("The number of organisations that did not move."),
    "down": Meaning('The number of organisations that moved towards "done to".'),
    "substantiated": Meaning(
        "The share with at least one full or partial agreement. Null for an empty set.", SHARE
    ),
    "contested": Meaning("The share with at least one disagreement. Null for an empty set.", SHARE),
    "unanticipated": Meaning("The share that was not anticipated. Null for an empty set.", SHARE),
    "negative": Meaning("The share that is negative. Null for an empty set.", SHARE),
    "changeType": Meaning("The type of change."),
    "months": Meaning("The length of the period.", MONTHS),
    "withoutCheckin": Meaning("The number of organisations that did not check in."),
    "joined": Meaning("The number of organisations that joined."),
    "left": Meaning("The number of organisations that left before the close and did not return."),
    "present": Meaning(
        "The number of organisations present at the close, or now if there was none."
    ),
    "mean": Meaning("The mean of the gaps. Null for an empty set.", DEGREES),
    "gap": Meaning("The highest degree minus the lowest.", DEGREES),
    "degrees": Meaning("The degree for each party, with the highest degree first."),
    "challenges": Meaning("The number of challenges that still stand."),
    "adoptionsSince": Meaning("The number of adoptions since the first of these challenges."),
    "decided": Meaning(
        "The number of iterations with the result supported, refuted or inconclusive."
    ),
    "low": Meaning("The lower end of the 95 % interval. Null for an empty set.", SHARE),
    "high": Meaning("The upper end of the 95 % interval. Null for an empty set.", SHARE),
    "adopters": Meaning("The number of other organisations that adopted one of its learnings."),
    "longestChain": Meaning(
        "The length of the longest chain of adoptions, each of which led to the next learning."
    ),
    "untried": Meaning("The modes that were not tried."),
    "suggestion": Meaning(
        "A learning or inspiration about this mode, as `<kind>/<key>`. Null if there is none."
    ),
    "hours": Meaning("The total. Null for an empty set.", HOURS),
    "perLearning": Meaning(
        "The total ÷ the number of learnings. Null if there are no learnings.",
        f"{HOURS}, or {MONEY}",
    ),
    "perRefuted": Meaning(
        "The total ÷ the number of refuted iterations. Null if none was refuted.",
        f"{HOURS}, or {MONEY}",
    ),
    "money": Meaning("The costs by currency, with the most frequent currency first."),
    "currency": Meaning("The currency, as an ISO 4217 code."),
    "amount": Meaning("The total.", MONEY),
    "value": Meaning("The iterations started per month. Null for less than 30 days.", PER_MONTH),
    "lower": Meaning("The lower quartile of the cohort. Null for an empty set.", PER_MONTH),
    "upper": Meaning("The upper quartile of the cohort. Null for an empty set.", PER_MONTH),
    "timeToFirstIteration": Meaning(
        "The median of the figure with this name. Null for an empty set.", DAYS
    ),
    "learningVelocity": Meaning(
        "The median of the figure with this name. Null for an empty set.", DAYS
    ),
    "failFast": Meaning("The median of the figure with this name. Null for an empty set.", DAYS),
    "failureConversion": Meaning(
        "The share of the figure with this name. Null if that figure is null.", SHARE
    ),
    "doubleLoop": Meaning("The share of the figure with this name. Null for an empty set.", SHARE),
    "thinDecisions": Meaning(
        "The share of the figure with this name. Null for an empty set.", SHARE
    ),
    "openness": Meaning(
        "The share of the figure with this name. Null if that figure is null.", SHARE
    ),
    "avoidableRepeats": Meaning(
        "The share of the figure with this name. Null if that figure is null.", SHARE
    ),
    "retention": Meaning("Present ÷ joined organisations. Null for an empty set.", SHARE),
    "sustained": Meaning(
        "The share at 12 months. Null if the figure with this name is null.", SHARE
    ),
    "edges": Meaning("The adoptions from one organisation to another, with the most first."),
    "acrossCohorts": Meaning(
        "The share between organisations that had never been present together before. Null for an empty set.",
        SHARE,
    ),
    "from": Meaning("The key of the organisation whose learnings were adopted."),
    "to": Meaning("The key of the organisation that adopted them."),
    "cohorts": Meaning("The cohorts in which the theme occurred, in order of their creation."),
    "first": Meaning("When the theme first occurred."),
    "last": Meaning("When the theme last occurred."),
    "trees": Meaning("The roots of the trees, in order of creation."),
    "framings": Meaning("Its wordings, with the current one last."),
    "also": Meaning("The keys of the other shared questions that it builds on."),
    "children": Meaning("The questions derived from it, in order of creation."),
    "sequence": Meaning("The steps, named as in the definition of the figure."),
}
"""The meanings by name of field. Fields that need another description have their own."""
