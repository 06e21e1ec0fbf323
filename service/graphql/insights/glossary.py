"""What the fields of figures say, and in what they are counted: by name, since the same name says the same in every
figure.
"""

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
"""The unit of whole numbers that have no other."""


class Meaning(NamedTuple):
    """What a field says, and its unit, where it is a number and no mere count."""

    text: str
    unit: str | None = None

    @property
    def description(self) -> str:
        """The text with the unit."""
        return f"{self.text} Unit: {self.unit}." if self.unit else self.text


GLOSSARY: Final[dict[str, Meaning]] = {
    "n": Meaning("How many the figure is over; a share's denominator."),
    "items": Meaning("The things behind the figure, as `<kind>/<key>`, by creation."),
    "list": Meaning("The rows, the highest figure first."),
    "counts": Meaning("The cells that are not empty, the fullest first."),
    "count": Meaning("How many."),
    "share": Meaning("The share; null of nothing.", SHARE),
    "medianDays": Meaning("The median; null of nothing.", DAYS),
    "quartiles": Meaning("Lower quartile, median and upper quartile; null of nothing.", DAYS),
    "without": Meaning("How many have none."),
    "organisation": Meaning("An organisation's key."),
    "organisations": Meaning("Organisations' keys."),
    "cohort": Meaning("A cohort's key."),
    "question": Meaning("A question's key."),
    "iteration": Meaning("An iteration's key."),
    "ask": Meaning("The key of an ask for help."),
    "failure": Meaning("A failure's key."),
    "earlier": Meaning("The key of the earlier failure."),
    "learning": Meaning("A learning's key; null where there is none."),
    "silenceDays": Meaning("The time since it was last heard of.", DAYS),
    "medianGapDays": Meaning(
        "The median of the gaps between its recording days; null with fewer than two.", DAYS
    ),
    "daysOpen": Meaning("The time since it was asked.", DAYS),
    "kind": Meaning("A kind of inspiration."),
    "shared": Meaning("How many were shared."),
    "used": Meaning("How many were put to use."),
    "adoptionsPaired": Meaning("Adoptions while paired."),
    "monthsPaired": Meaning("How long pairs were paired; null without pairs.", MONTHS),
    "adoptionsUnpaired": Meaning("Adoptions while together and not paired."),
    "monthsUnpaired": Meaning(
        "How long pairs were together and not paired; null without pairs.", MONTHS
    ),
    "lift": Meaning(
        "How many times as often learnings are adopted while paired; null where it cannot be said.",
        "ratio",
    ),
    "score": Meaning("How well it fits.", "0 to 1"),
    "themes": Meaning("The themes that one needs and the other offers."),
    "theme": Meaning("The theme."),
    "reason": Meaning("The reason."),
    "questions": Meaning("Questions of organisations' own."),
    "reframed": Meaning("Of the questions: reframed."),
    "tried": Meaning("Of the questions: with an iteration."),
    "answered": Meaning("Of the questions: closed as answered."),
    "parked": Meaning("Of the questions: closed as parked."),
    "planned": Meaning("Iterations planned."),
    "started": Meaning("Of the iterations: started."),
    "concluded": Meaning("Of the iterations: concluded."),
    "failures": Meaning("Failures."),
    "learnings": Meaning("Learnings."),
    "adopted": Meaning("Of the learnings: adopted by another organisation."),
    "publications": Meaning("Publications not withdrawn."),
    "result": Meaning("A result."),
    "decision": Meaning("A decision."),
    "failureType": Meaning("The type of failure; null where it is not classified."),
    "facet": Meaning("The side of the work; null where it is not classified."),
    "degree": Meaning("How far it failed or succeeded."),
    "forWhom": Meaning("For whom."),
    "intelligentShare": Meaning(
        "Intelligent failures ÷ those with a type; null of nothing.", SHARE
    ),
    "corroboratedOf": Meaning("How many learnings of loop double are at least 60 days old."),
    "corroborated": Meaning(
        "The share of these that a reframing followed; null of nothing.", SHARE
    ),
    "participations": Meaning("How often anybody took part."),
    "byLevel": Meaning("By level of participation."),
    "byMode": Meaning("By way of taking part."),
    "level": Meaning("A level of participation."),
    "mode": Meaning("A way of taking part; null where none was told."),
    "medianSlope": Meaning("The median of the slopes; null of nothing.", SLOPE),
    "slope": Meaning("How the level moves.", SLOPE),
    "firstThird": Meaning("Levels in the first third of the recording days."),
    "lastThird": Meaning("Levels in the last third of the recording days."),
    "up": Meaning("How many moved towards done with."),
    "same": Meaning("How many stayed where they were."),
    "down": Meaning("How many moved towards done to."),
    "substantiated": Meaning(
        "Share with at least one full or partial agreement; null of nothing.", SHARE
    ),
    "contested": Meaning("Share with at least one disagreement; null of nothing.", SHARE),
    "unanticipated": Meaning("Share that was not anticipated; null of nothing.", SHARE),
    "negative": Meaning("Share that is negative; null of nothing.", SHARE),
    "changeType": Meaning("A type of change."),
    "months": Meaning("How long.", MONTHS),
    "withoutCheckin": Meaning("How many did not check in."),
    "joined": Meaning("How many joined."),
    "left": Meaning("How many left before the close and did not return."),
    "present": Meaning("How many were present at the close, or are now."),
    "mean": Meaning("The mean of the gaps; null of nothing.", DEGREES),
    "gap": Meaning("The highest degree minus the lowest.", DEGREES),
    "degrees": Meaning("How it is told for whom, the highest degree first."),
    "challenges": Meaning("Challenges that stand."),
    "adoptionsSince": Meaning("Adoptions since the first of them."),
    "decided": Meaning("How many were supported, refuted or inconclusive."),
    "low": Meaning("The lower end of the 95 % interval; null of nothing.", SHARE),
    "high": Meaning("The upper end of the 95 % interval; null of nothing.", SHARE),
    "adopters": Meaning("How many other organisations adopted one."),
    "longestChain": Meaning("The most adoptions in a row, each leading to the next learning."),
    "untried": Meaning("The ways that were not tried."),
    "suggestion": Meaning(
        "Where to read about it, as `<kind>/<key>`; null where there is nothing."
    ),
    "hours": Meaning("In all; null of nothing.", HOURS),
    "perLearning": Meaning("In all ÷ learnings; null without learnings.", f"{HOURS}, or {MONEY}"),
    "perRefuted": Meaning("In all ÷ refuted; null without refuted.", f"{HOURS}, or {MONEY}"),
    "money": Meaning("By currency, the one told most often first."),
    "currency": Meaning("ISO 4217."),
    "amount": Meaning("In all.", MONEY),
    "value": Meaning("Iterations started; null under 30 days.", PER_MONTH),
    "lower": Meaning("The lower quartile of the cohort; null of nothing.", PER_MONTH),
    "upper": Meaning("The upper quartile of the cohort; null of nothing.", PER_MONTH),
    "timeToFirstIteration": Meaning("The figure's median; null of nothing.", DAYS),
    "learningVelocity": Meaning("The figure's median; null of nothing.", DAYS),
    "failFast": Meaning("The figure's median; null of nothing.", DAYS),
    "failureConversion": Meaning("The figure's share; null as the figure.", SHARE),
    "doubleLoop": Meaning("The figure's share; null of nothing.", SHARE),
    "thinDecisions": Meaning("The figure's share; null of nothing.", SHARE),
    "openness": Meaning("The figure's share; null as the figure.", SHARE),
    "avoidableRepeats": Meaning("The figure's share; null as the figure.", SHARE),
    "retention": Meaning("Present ÷ joined; null of nothing.", SHARE),
    "sustained": Meaning("The share at 12 months; null as the figure.", SHARE),
    "edges": Meaning("From whom to whom, the most first."),
    "acrossCohorts": Meaning(
        "Share between organisations never together before; null of nothing.", SHARE
    ),
    "from": Meaning("The key of the organisation it came from."),
    "to": Meaning("The key of the organisation that adopted it."),
    "cohorts": Meaning("Where it came up, by the creation of the cohorts."),
    "first": Meaning("When it came up first."),
    "last": Meaning("When it came up last."),
    "trees": Meaning("The roots, by creation."),
    "framings": Meaning("Its wordings, the present one last."),
    "also": Meaning("Keys of other shared questions that it builds on."),
    "children": Meaning("The questions that came of it, by creation."),
    "sequence": Meaning("The steps, in the words of the definition."),
}
"""Meanings by the name of the field; where a type needs another text, its field has it."""
