"""The plan of an iteration: what to try, for which purpose, and inspired by what."""

from service.samples.generator.activities.corrections import slips, void
from service.samples.generator.activities.openness import reconsidered
from service.samples.generator.activities.work import Work
from service.samples.generator.participants.subject import SampleIteration, SampleQuestion
from service.samples.generator.randomness.clock import DAY, local_day

LEVELS = ("inform", "consult", "involve", "collaborate", "empower")
MODES = (
    "tell_stories",
    "tell_stories",
    "gather_data",
    "share_connections",
    "contribute_ideas",
    "contribute_ideas",
    "give_time",
    "learn_skills",
    "crowdfund_innovation",
)


def plan(work: Work, question: SampleQuestion, follows: SampleIteration | None) -> SampleIteration:
    """Plan an iteration on the question, and return it."""
    cohort, organisation, dice = work.cohort, work.organisation, work.dice
    measure = dice.pick(organisation.domain.measures) if dice.chance(0.75) else None
    criterion = work.words.criterion(measure) if measure and dice.chance(0.8) else None
    level = work.level(public=0.6 * organisation.temperament.opens)
    names_cohort = work.inside and (question.shared or dice.chance(0.7))
    starts_at = cohort.now + dice.between(3, 20) * DAY
    starts_on = local_day(starts_at, organisation.zone) if dice.chance(0.6) else None
    ends_on = None
    if dice.chance(0.5):
        ends_on = local_day(starts_at + dice.between(7, 60) * DAY, organisation.zone)
    iteration = SampleIteration(
        "iteration",
        cohort.new_key("i"),
        organisation.key,
        level or "cohort",
        cohort.now,
        work.inside,
        question=question,
        measure=measure,
        foreseen=criterion is not None,
        modes=list(dict.fromkeys(dice.some(MODES, 0, 3))),
        themes=work.words.themes(organisation.domain, 0, 3),
    )
    work.record(
        "iteration.planned",
        {
            "iteration": iteration.key,
            "organisation": organisation.key,
            "cohort": cohort.key if names_cohort else None,
            "question": question.key,
            "title": work.says("titles"),
            "hypothesis": work.says("hypotheses"),
            "action": work.says("actions"),
            "measure": measure.text if measure else None,
            "criterion": criterion,
            "participation_level": participation_level(work) if dice.chance(0.85) else None,
            "modes": iteration.modes,
            "follows": follows.key if follows else None,
            "inspired_by": _inspirations(work),
            "starts_on": starts_on,
            "ends_on": ends_on,
            "themes": iteration.themes,
        },
        level=level,
    )
    cohort.iterations.append(iteration)
    if dice.chance(0.1):
        cohort.agenda.begin(reconsidered(work, iteration), cohort.after(5, 120))
    return iteration


def participation_level(work: Work) -> str:
    """Return the current level of participation: the organisation's first level plus its drift, plus or minus one."""
    habit = work.organisation.temperament
    level = work.organisation.level + habit.drift * min(work.cohort.elapsed, 1.0)
    place = work.dice.rounded(level) + work.dice.pick((-1, 0, 0, 0, 1))
    return LEVELS[min(max(place, 0), 4)]


def _inspirations(work: Work) -> list[str]:
    cohort, organisation, dice = work.cohort, work.organisation, work.dice
    refs: list[str] = []
    if cohort.inspirations and dice.chance(0.3):
        inspiration = dice.pick(cohort.inspirations)
        if cohort.sees(organisation, inspiration):
            refs.append(inspiration.ref)
    if cohort.learnings and dice.chance(0.2):
        learning = dice.pick(cohort.learnings)
        if learning.owner == organisation.key or cohort.sees(organisation, learning):
            refs.append(learning.ref)
    if dice.chance(0.12):
        foreign = cohort.commons.iterations.find(dice, cohort.now, organisation.key)
        if foreign is not None:
            refs.append(foreign.ref)
    return refs


def revise(work: Work, iteration: SampleIteration) -> None:
    """Revise the plan before it is started; sometimes by mistake, which is voided at once."""
    dice, measure = work.dice, iteration.measure
    change: dict[str, object] = {}
    if dice.chance(0.5):
        change["hypothesis"] = work.says("hypotheses")
    if dice.chance(0.2):
        measure = dice.pick(work.organisation.domain.measures)
        change["measure"] = measure.text
    if measure is not None and dice.chance(0.2):
        change["criterion"] = work.words.criterion(measure)
    if not change:
        change["action"] = work.says("actions")
    change["reason"] = work.says("reasons")
    position = work.record("iteration.revised", {"iteration": iteration.key, **change})
    if slips(work.cohort):
        void(work.cohort, position)
    else:
        iteration.measure = measure
        iteration.since = work.cohort.now
