"""An organisation's time in a cohort: joining, working, leaving, coming back."""

from service.samples.generator.activities.commitment import commit
from service.samples.generator.activities.corrections import slips, void
from service.samples.generator.activities.exchange import ask, help_elsewhere
from service.samples.generator.activities.failure import record_failure
from service.samples.generator.activities.learning import adopt
from service.samples.generator.activities.outcome import harvest
from service.samples.generator.activities.plan import participation_level
from service.samples.generator.activities.publication import publish
from service.samples.generator.activities.question import strand
from service.samples.generator.activities.work import Work
from service.samples.generator.course.pairing import end_all
from service.samples.generator.course.person import introduce
from service.samples.generator.course.registration import register, rename
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.randomness.agenda import Story
from service.samples.generator.randomness.clock import HOUR

_FRAMINGS = ("subject", "consumer", "citizen")
_REASONS = (
    "completed",
    "capacity",
    "capacity",
    "priorities_changed",
    "funding",
    "restructured",
    "other",
)


def membership(cohort: SampleCohort, organisation: SampleOrganisation) -> Story:
    """Let the organisation join and begin its work; some leave, and some of these come back."""
    dice = cohort.dice
    if not cohort.under_way():
        return
    if not organisation.since:
        register(cohort, organisation)
    for _ in range(dice.pick((0, 1, 1, 2)) if organisation.people else dice.pick((1, 1, 2))):
        introduce(cohort, organisation)
    if slips(cohort):
        void(cohort, _join(cohort, organisation))
    _join(cohort, organisation)
    cohort.organisations.append(organisation)
    _begin_work(cohort, organisation)
    if dice.chance(0.08):
        cohort.agenda.begin(rename(cohort, organisation), cohort.after(10, 300))
    if not dice.chance(0.17):
        return
    yield max(cohort.after(20, 40), cohort.moment_between(0.25, 0.85))
    if not cohort.under_way():
        return
    if slips(cohort):
        void(cohort, _leave(cohort, organisation))
        if dice.chance(0.5):
            return  # It does not leave.
    _leave(cohort, organisation)
    organisation.present = False
    end_all(organisation.pairings, cohort.now)
    if not dice.chance(0.45):
        return
    yield cohort.after(30, 70)
    if cohort.under_way():
        _join(cohort, organisation)
        for _ in range(max(1, dice.rounded(0.8 * cohort.bustle))):
            cohort.agenda.begin(strand(Work(cohort, organisation)), cohort.after(2, 15))


def _join(cohort: SampleCohort, organisation: SampleOrganisation) -> int:
    organisation.present = True
    organisation.joined_at = cohort.now
    motivated = cohort.dice.chance(0.4)
    return cohort.record(
        "organisation.joined",
        {
            "organisation": organisation.key,
            "cohort": cohort.key,
            "motivation": cohort.words.say(organisation.domain, "motivations")
            if motivated
            else None,
        },
        level="public" if cohort.dice.chance(0.7) else None,
    )


def _leave(cohort: SampleCohort, organisation: SampleOrganisation) -> int:
    noted = cohort.dice.chance(0.5)
    return cohort.record(
        "organisation.left",
        {
            "organisation": organisation.key,
            "cohort": cohort.key,
            "reason": cohort.dice.pick(_REASONS),
            "note": cohort.words.say(organisation.domain, "narratives") if noted else None,
        },
    )


def _begin_work(cohort: SampleCohort, organisation: SampleOrganisation) -> None:
    dice, agenda, habit = cohort.dice, cohort.agenda, organisation.temperament
    work, much, active = Work(cohort, organisation), cohort.bustle, habit.active
    # Nobody works before joining, so late joiners begin later.
    joined = max(cohort.elapsed, 0.0)

    def some_time(low: float, high: float) -> int:
        at = cohort.moment_between(max(low * active, joined), max(high * active, joined + 0.05))
        return max(at, cohort.now + 2 * HOUR)

    for _ in range(dice.rounded(2.7 * habit.strands * much)):
        agenda.begin(strand(Work(cohort, organisation)), some_time(0.02, 0.7))
    for _ in range(dice.rounded(1.1 * much)):
        agenda.begin(ask(work), some_time(0.05, 0.9))
    for _ in range(dice.rounded(0.5 * much)):
        agenda.begin(_record_failure(work), some_time(0.1, 0.9))
    for _ in range(dice.rounded(1.6 * habit.attends * much)):
        agenda.begin(_adopt(work), some_time(0.2, 1.0))
    for _ in range(dice.rounded(0.9 * much)):
        agenda.begin(_harvest(work), some_time(0.5, 1.0))
    for _ in range(dice.rounded(0.5 * much)):
        agenda.begin(commit(work), some_time(0.05, 0.9))
    for _ in range(dice.rounded(0.15 * much)):
        agenda.begin(help_elsewhere(work), some_time(0.1, 0.9))
    for _ in range(dice.rounded(0.6 * habit.opens * much)):
        agenda.begin(publish(cohort, organisation), some_time(0.5, 0.98))
    if dice.chance(0.12):
        agenda.begin(
            strand(Work(cohort, organisation, inside=False)), cohort.moment_between(0.5, 1.5)
        )
        agenda.begin(
            commit(Work(cohort, organisation, inside=False)), cohort.moment_between(0.6, 1.5)
        )
    agenda.begin(_mindset(work), cohort.after(0.1, 10))


def _mindset(work: Work) -> Story:
    """Assess the organisation's mindset at the beginning, and sometimes again."""
    cohort, dice, habit = work.cohort, work.dice, work.organisation.temperament
    place = dice.pick((0, 0, 1, 1, 1, 2))
    for share in (0.5, 0.95, None):
        if not work.may_begin():
            return
        work.add(
            "mindset.assessed",
            {
                "organisation": work.organisation.key,
                "cohort": work.cohort_key if dice.chance(0.9) else None,
                "framing": _FRAMINGS[place],
                "participation_level": participation_level(work),
                "narrative": work.perhaps(0.5, "narratives"),
            },
            None,
            at=work.lately(work.organisation.joined_at),
            level=dice.pick((None, None, None, "private", "pair", "public")),
        )
        if share is None or dice.chance(0.2):
            return
        place = min(max(place + dice.rounded(0.4 + habit.drift / 3) - dice.below(2), 0), 2)
        yield max(cohort.after(10, 20), cohort.moment_between(share - 0.1, share))


def _record_failure(work: Work) -> Story:
    """Record a failure outside any iteration, sometimes about a question."""
    habit = work.organisation.temperament
    if work.may_begin() and work.dice.chance(habit.records_failures):
        question = work.own_question() if work.dice.chance(0.4) else None
        named = question.key if question is not None and question.inside else None
        record_failure(work, work.words.themes(work.organisation.domain, 0, 2), question=named)
    yield from ()


def _adopt(work: Work) -> Story:
    if work.may_begin():
        adopt(work, None)
    yield from ()


def _harvest(work: Work) -> Story:
    if work.may_begin():
        harvest(work)
    yield from ()
