"""An iteration, from its plan to its conclusion, and what is recorded afterwards."""

from service.samples.generator.activities.learning import adopt
from service.samples.generator.activities.plan import MODES, participation_level, revise
from service.samples.generator.activities.work import Work
from service.samples.generator.participants.subject import SampleIteration, SampleSubject
from service.samples.generator.randomness.agenda import Story
from service.samples.generator.randomness.clock import HOUR, MONTH

_EVIDENCE = (
    "said_opinion",
    "said_opinion",
    "said_fact",
    "did_in_test",
    "did_in_test",
    "did_in_real_life",
    "committed_resources",
)
_DECISIONS = {
    "supported": ("persevere", "persevere", "scale", "scale", "continue_testing", "pivot"),
    "refuted": ("pivot", "pivot", "pivot", "retire", "continue_testing", "persevere"),
    "inconclusive": ("continue_testing", "continue_testing", "pivot", "persevere", "retire"),
    "did_not_finish": ("retire", "pivot", "continue_testing"),
    "invalid": ("continue_testing", "pivot", "retire"),
}


def carry_out(work: Work, iteration: SampleIteration) -> Story:
    """Start, observe and conclude the planned iteration, unless it stalls.

    `concluded_at` shows whether it was concluded.
    """
    dice, habit = work.dice, work.organisation.temperament
    if dice.chance(0.3):
        yield work.pause(0.1, 5)
        if not work.may_begin():
            return
        revise(work, iteration)
    if dice.chance(habit.attends):
        adopt(work, iteration)
    yield work.pause(2, 12)
    if not work.may_begin():
        return
    if dice.chance(0.05):
        if dice.chance(0.6):
            _conclude(work, iteration, "did_not_finish")
        return
    iteration.started_at = iteration.since = work.lately(iteration.since)
    work.record("iteration.started", {"iteration": iteration.key}, at=iteration.since)
    stalls = dice.chance(habit.stalls)
    for _ in range(dice.between(0, 2) if stalls else dice.between(2, 5)):
        yield work.pause(2, 11)
        if not work.may_begin():
            break
        _follow(work, iteration)
    if stalls:
        return
    yield work.pause(2, 14)
    if work.may_begin() or (work.may_settle() and dice.chance(0.5)):
        _conclude(work, iteration, _result(work, iteration))


def _follow(work: Work, iteration: SampleIteration) -> None:
    dice = work.dice
    if dice.chance(0.55):
        _observe(work, iteration, on_measure=dice.chance(0.7), at=work.lately(iteration.since))
    if dice.chance(0.6):
        _take_part(work, iteration)
    if dice.chance(0.12):
        _use_inspiration(work, iteration)


def _use_inspiration(work: Work, iteration: SampleIteration) -> None:
    cohort, organisation, dice = work.cohort, work.organisation, work.dice
    if cohort.inspirations and dice.chance(0.8):
        inspiration: SampleSubject | None = dice.pick(cohort.inspirations)
    else:
        inspiration = cohort.commons.inspirations.find(dice, cohort.now)
    # An organisation that has left may still use what others shared, but no longer its own inspirations.
    if (
        inspiration is not None
        and organisation.present
        and (inspiration.owner == organisation.key or cohort.sees(organisation, inspiration))
    ):
        work.add(
            "inspiration.used",
            {
                "inspiration": inspiration.key,
                "organisation": organisation.key,
                "iteration": iteration.key,
                "how": work.perhaps(0.5, "adaptations"),
            },
            inspiration,
        )


def _observe(work: Work, iteration: SampleIteration, *, on_measure: bool, at: int) -> None:
    dice, measure = work.dice, iteration.measure
    counted = dice.chance(0.8)
    data: dict[str, object] = {"iteration": iteration.key, "text": work.says("observations")}
    if measure is not None and on_measure:
        data["measure"] = measure.text
        if counted:
            value = dice.between(measure.low * 4, measure.high * 4)
            # Quarters are exact floating-point numbers, so they are written in the same way everywhere.
            data["value"] = value / 4 if measure.unit in ("%", "kg", "kWh") else value // 4
            data["unit"] = measure.unit
            data["sample_size"] = dice.between(1, 150) if dice.chance(0.6) else None
    data["evidence_kind"] = dice.pick(_EVIDENCE)
    data["links"] = work.cohort.links(0.05)
    if measure is None or on_measure:
        iteration.evidence += 1
    work.add("observation.recorded", data, iteration, at=at)


def _take_part(work: Work, iteration: SampleIteration) -> None:
    dice = work.dice
    mode: str | None = None
    if dice.chance(0.8):
        mode = dice.pick(iteration.modes) if iteration.modes else dice.pick(MODES)
    people = dice.between(0, 12) if dice.chance(0.5) else dice.between(5, 90)
    work.add(
        "participation.recorded",
        {
            "iteration": iteration.key,
            "people": people,
            "level": participation_level(work),
            "mode": mode,
        },
        iteration,
        at=work.lately(iteration.since),
    )


def _result(work: Work, iteration: SampleIteration) -> str:
    dice, habit = work.dice, work.organisation.temperament
    if habit.only_successes:
        result = "supported" if dice.chance(0.85) else "invalid"
    else:
        result = dice.pick(
            ("supported",) * 6
            + ("refuted",) * 5
            + ("inconclusive",) * 4
            + ("did_not_finish", "invalid")
        )
    if result in ("supported", "refuted") and not iteration.evidence:
        if dice.chance(habit.hears_evidence) and iteration.started_at is not None:
            before_close = work.cohort.closed_at or work.cohort.now
            at = max(iteration.started_at, min(work.cohort.now, before_close) - HOUR)
            _observe(work, iteration, on_measure=True, at=at)
        else:
            result = "invalid" if habit.only_successes else "inconclusive"
    return result


def _conclude(work: Work, iteration: SampleIteration, result: str) -> None:
    dice = work.dice
    iteration.result = result
    iteration.decision = dice.pick(_DECISIONS[result])
    iteration.concluded_at = iteration.since = work.cohort.now
    hours = dice.between(4, 400) / 4 if dice.chance(0.7) else None
    pence = dice.between(0, 90_000)
    currency = "GBP" if work.organisation.zone in ("GB", "UTC") else "EUR"
    work.record(
        "iteration.concluded",
        {
            "iteration": iteration.key,
            "result": result,
            "decision": iteration.decision,
            "evidence_level": dice.pick((1, 1, 2, 2, 2, 3, 3, 4, 5)),
            "summary": work.says("summaries"),
            "hours": int(hours) if hours is not None and hours == int(hours) else hours,
            "cost": {"amount": pence / 100, "currency": currency} if dice.chance(0.4) else None,
        },
    )
    work.organisation.last_iteration = iteration
    if iteration.started_at is not None and dice.chance(0.12):
        work.cohort.agenda.begin(_typed_up_later(work, iteration), work.cohort.after(1, 15))


def _typed_up_later(work: Work, iteration: SampleIteration) -> Story:
    """Record observations late, with times before the conclusion and before the close."""
    cohort = work.cohort
    if not work.may_settle() or iteration.started_at is None or iteration.concluded_at is None:
        return
    first = iteration.started_at + HOUR
    if work.inside:
        first = max(first, work.organisation.joined_at)
    last = min(iteration.concluded_at, cohort.closed_at or cohort.now) - HOUR
    if first < last and last - first < 12 * MONTH:
        at = work.dice.between(first, last)
        _observe(work, iteration, on_measure=work.dice.chance(0.5), at=at)
    yield from ()
