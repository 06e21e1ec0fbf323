"""Failures: recorded, recorded by others from their perspective, and reclassified later."""

from service.samples.generator.activities.openness import reconsidered
from service.samples.generator.activities.work import Work
from service.samples.generator.participants.subject import SampleFailure, SampleIteration
from service.samples.generator.randomness.agenda import Story

# Edmondson's spectrum: the causes of each of the three kinds. Causes that are common in small trials are repeated.
CAUSES = {
    "basic": ("deviance", "inattention", "inattention", "lack_of_ability"),
    "complex": ("process_inadequacy", "process_inadequacy", "task_challenge", "process_complexity"),
    "intelligent": ("uncertainty", "uncertainty", "hypothesis_testing", "exploratory_testing"),
}
KINDS = ("basic", "complex", "complex", "intelligent", "intelligent", "intelligent")
FACETS = ("purpose", "process", "process", "participation", "participation", "practice", "profile")
DEGREES = (
    "outright_failure",
    "precarious_failure",
    "precarious_failure",
    "tolerable_failure",
    "tolerable_failure",
    "tolerable_failure",
    "conflicted_success",
    "conflicted_success",
    "resilient_success",
    "outright_success",
)
AUDIENCES = (
    "organisation",
    "organisation",
    "participants",
    "citizens",
    "staff",
    "funder",
    "partners",
    "facilitator",
    "other",
)


def record_failure(
    work: Work,
    themes: list[str],
    iteration: SampleIteration | None = None,
    question: str | None = None,
    facet: str | None = None,
    audience: list[str] | None = None,
) -> SampleFailure:
    """Record a failure, and return it."""
    cohort, organisation, dice = work.cohort, work.organisation, work.dice
    kind: str | None = dice.pick(KINDS)
    cause: str | None = dice.pick(CAUSES[str(kind)])
    if dice.chance(0.3):
        kind, cause, usual_facet = cohort.trouble
        facet = facet or usual_facet
    if (kind == "intelligent" and not _foreseen(iteration)) or dice.chance(0.12):
        kind = None
    if dice.chance(0.12):
        cause = None
    level = work.level(public=0.4 * organisation.temperament.opens)
    if cause == "deviance":
        level = dice.pick((None, "private", "pair"))
    visibility = level or ("private" if cause == "deviance" else "cohort")
    at = work.lately(iteration.since if iteration else cohort.now)
    failure = SampleFailure(
        "failure",
        cohort.new_key("f"),
        organisation.key,
        visibility,
        at,
        work.inside,
        iteration=iteration,
        cause=cause,
        themes=themes,
    )
    work.record(
        "failure.recorded",
        {
            "failure": failure.key,
            "organisation": organisation.key,
            "cohort": None if iteration and dice.chance(0.5) else work.cohort_key,
            "iteration": iteration.key if iteration else None,
            "question": question,
            "intended": work.says("intended"),
            "actual": work.says("actual"),
            "why": work.says("whys"),
            "failure_type": kind,
            "failure_cause": cause,
            "facet": facet or (None if dice.chance(0.15) else dice.pick(FACETS)),
            "degree": dice.pick(DEGREES),
            "for_whom": audience or list(dict.fromkeys(dice.some(AUDIENCES, 1, 2))),
            "links": cohort.links(0.05),
            "themes": themes,
        },
        at=at,
        level=level,
    )
    cohort.failures.append(failure)
    begin = cohort.agenda.begin
    if dice.chance(0.25):
        begin(reconsidered(work, failure), cohort.after(5, 150))
    if dice.chance(0.18):
        begin(_reclassified(work, failure), cohort.after(10, 80))
    return failure


def _foreseen(iteration: SampleIteration | None) -> bool:
    return iteration is not None and iteration.foreseen


def perspectives(work: Work, iteration: SampleIteration) -> Story:
    """Record the same facet of an iteration as two or three others saw it: a failure by each."""
    facet = work.dice.pick(FACETS)
    for audience in dict.fromkeys(work.dice.some(AUDIENCES, 2, 3)):
        if not work.may_begin():
            return
        record_failure(work, iteration.themes, iteration, facet=facet, audience=[audience])
        yield work.cohort.after(1, 6)


def _reclassified(work: Work, failure: SampleFailure) -> Story:
    if not work.may_settle():
        return
    dice = work.dice
    change: dict[str, object] = {}
    if dice.chance(0.5):
        kind = dice.pick(KINDS)
        if kind != "intelligent" or _foreseen(failure.iteration):
            change["failure_type"] = kind
    if dice.chance(0.5):
        cause = dice.pick(CAUSES[dice.pick(KINDS)])
        if cause != "deviance" or failure.level in ("private", "pair"):
            change["failure_cause"] = failure.cause = cause
    if dice.chance(0.3):
        change["facet"] = dice.pick(FACETS)
    if dice.chance(0.3) or not change:
        change["degree"] = dice.pick(DEGREES)
    failure.since = work.cohort.now
    work.record(
        "failure.reclassified",
        {"failure": failure.key, **change, "reason": work.says("reasons")},
    )
    yield from ()
