"""Outcomes: changes in others, and whether others confirm them."""

from service.samples.generator.activities.openness import reconsidered
from service.samples.generator.activities.work import Work
from service.samples.generator.participants.subject import SampleSubject
from service.samples.generator.randomness.agenda import Story
from service.samples.generator.randomness.clock import DAY, local_day

_CHANGES = ("behaviour", "behaviour", "relationship", "action", "activity", "policy", "practice")


def harvest(work: Work) -> None:
    """Record an outcome; others may state later whether they agree."""
    cohort, organisation, dice = work.cohort, work.organisation, work.dice
    level = work.level(public=0.4)
    outcome = SampleSubject(
        "outcome", cohort.new_key("o"), organisation.key, level or "cohort", cohort.now, work.inside
    )
    happened_at = cohort.now - dice.between(0, 90) * DAY
    work.record(
        "outcome.harvested",
        {
            "outcome": outcome.key,
            "organisation": organisation.key,
            "cohort": work.cohort_key,
            "social_actor": work.says("actors"),
            "change_type": dice.pick(_CHANGES),
            "description": work.says("outcomes"),
            "contribution": work.says("contributions"),
            "significance": work.perhaps(0.4, "narratives"),
            "anticipated": dice.chance(0.6),
            "sign": "negative" if dice.chance(0.13) else "positive",
            "happened_on": local_day(happened_at, organisation.zone),
            "place": work.words.word("towns") if dice.chance(0.4) else None,
            "links": cohort.links(0.1),
        },
        level=level,
    )
    cohort.outcomes.append(outcome)
    if dice.chance(0.15):
        cohort.agenda.begin(reconsidered(work, outcome), cohort.after(10, 60))
    if dice.chance(0.75):
        cohort.agenda.begin(_substantiated(work, outcome), cohort.after(3, 30))


def _substantiated(work: Work, outcome: SampleSubject) -> Story:
    cohort, dice = work.cohort, work.dice
    for _ in range(dice.pick((1, 1, 2))):
        peer = cohort.peer_of(work.organisation)
        if peer is None or not cohort.under_way() or not cohort.sees(peer, outcome):
            return
        theirs = Work(cohort, peer)
        theirs.add(
            "outcome.substantiated",
            {
                "outcome": outcome.key,
                "organisation": peer.key,
                "agreement": dice.pick(("full", "full", "full", "partial", "partial", "none")),
                "comment": theirs.perhaps(0.5, "narratives"),
            },
            outcome,
        )
        yield cohort.after(2, 20)
