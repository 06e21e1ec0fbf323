"""Learnings: captured, revised, challenged, and adopted by others."""

from service.samples.generator.activities.openness import reconsidered
from service.samples.generator.activities.work import Work
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.subject import SampleIteration, SampleLearning
from service.samples.generator.randomness.agenda import Story

_LOOPS = ("single",) * 6 + ("double",) * 3 + ("triple",)


def capture(work: Work, sources: list[str], themes: list[str]) -> SampleLearning:
    """Capture a learning from these sources, make it known to the cohort, and return it."""
    cohort, organisation, dice = work.cohort, work.organisation, work.dice
    level = work.level(public=0.5 * organisation.temperament.opens)
    learning = SampleLearning(
        "learning",
        cohort.new_key("l"),
        organisation.key,
        level or "cohort",
        cohort.now,
        work.inside,
        themes=themes,
        statement=work.says("learnings"),
    )
    work.record(
        "learning.captured",
        {
            "learning": learning.key,
            "organisation": organisation.key,
            "cohort": work.cohort_key,
            "statement": learning.statement,
            "loop": dice.pick(_LOOPS),
            "evidence_level": dice.pick((1, 1, 2, 2, 2, 3, 3, 4, 5)),
            "from": sources,
            "themes": themes,
        },
        level=level,
    )
    cohort.learnings.append(learning)
    organisation.learnings.append(learning)
    begin = cohort.agenda.begin
    if dice.chance(0.3):
        begin(reconsidered(work, learning), cohort.after(5, 120))
    if dice.chance(0.14):
        begin(_challenged(work, learning), cohort.after(5, 60))
    elif dice.chance(0.08):
        begin(_revised(work, learning), cohort.after(20, 90))
    return learning


def _revised(work: Work, learning: SampleLearning) -> Story:
    if work.may_settle():
        statement = learning.statement
        while statement == learning.statement:
            statement = work.says("revisions")
        learning.statement = statement
        learning.since = work.lately(learning.since)
        work.record(
            "learning.revised",
            {"learning": learning.key, "statement": statement, "reason": work.says("reasons")},
            at=learning.since,
        )
    yield from ()


def _challenged(work: Work, learning: SampleLearning) -> Story:
    cohort = work.cohort
    peer = cohort.peer_of(work.organisation)
    if peer is None or not cohort.sees(peer, learning):
        return
    theirs = Work(cohort, peer)
    challenge: dict[str, object] = {"learning": learning.key, "organisation": peer.key}
    theirs.add("learning.challenged", challenge | {"reason": theirs.says("reasons")}, learning)
    if work.dice.chance(0.4):
        yield cohort.after(5, 40)
        yield from _revised(work, learning)


def worth_adopting(work: Work) -> SampleLearning | None:
    """Return a peer's learning that the organisation may see and has not adopted, or None.

    Partners' learnings come first, then the cohort's; sometimes it is one of an earlier cohort.
    """
    cohort, organisation, dice = work.cohort, work.organisation, work.dice
    if dice.chance(0.15):
        return cohort.commons.learnings.find(dice, cohort.now, organisation.key)
    for _ in range(6):
        found: SampleLearning | None = None
        if organisation.pairings and dice.chance(0.45):
            found = _partners(organisation, work)
        elif cohort.learnings:
            found = dice.pick(cohort.learnings)
        if (
            found is not None
            and found.owner != organisation.key
            and found.key not in organisation.adopted
            and cohort.sees(organisation, found)
        ):
            return found
    return None


def _partners(organisation: SampleOrganisation, work: Work) -> SampleLearning | None:
    pairing = work.dice.pick(organisation.pairings)
    partner = work.dice.pick(pairing.members)
    return work.dice.pick(partner.learnings) if partner.learnings else None


def adopt(work: Work, iteration: SampleIteration | None) -> SampleLearning | None:
    """Adopt a peer's learning, for the iteration if there is one, and return it."""
    learning = worth_adopting(work)
    if learning is None:
        return None
    organisation, dice = work.organisation, work.dice
    organisation.adopted.add(learning.key)
    since = max(learning.since, iteration.since) if iteration else learning.since
    work.add(
        "learning.adopted",
        {
            "learning": learning.key,
            "organisation": organisation.key,
            "cohort": work.cohort_key if iteration is None or dice.chance(0.3) else None,
            "iteration": iteration.key if iteration else None,
            "adaptation": work.perhaps(0.6, "adaptations"),
        },
        learning,
        at=work.lately(since),
    )
    return learning
