"""Read models of iterations: plans, observations, participation, results and reviews."""

from collections.abc import Mapping

from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationRevised,
    IterationStarted,
    ObservationRecorded,
    ParticipationRecorded,
)
from events.vocabulary.types.learnings import ReviewHeld
from projections.folding.decorators import adds, creates, moves
from projections.folding.projection import Facts, Subjects
from projections.folding.step import Step, value_of
from projections.folding.tables import (
    Row,
    day,
    facts,
    integer,
    moment,
    number,
    position,
    reference,
    references,
    small,
    subjects,
    text,
    texts,
    themes,
    worded,
)


class Iterations(Subjects):
    """A row per iteration. Its hypothesis, action, measure and criterion do not change after it is started.

    `state` is planned, started or concluded. `conclusion` is the summary; `hours` and the cost are as recorded.
    """

    kind = "iteration"
    table = subjects(
        "iterations",
        reference("question"),
        worded("title"),
        worded("hypothesis"),
        worded("action"),
        text("measure"),
        text("criterion"),
        text("participation_level"),
        texts("modes"),
        reference("follows"),
        references("inspired_by"),
        day("starts_on"),
        day("ends_on"),
        *themes(),
        text("state"),
        moment("started_at"),
        position("started_position"),
        moment("concluded_at"),
        position("concluded_position"),
        text("result"),
        text("decision"),
        small("evidence_level"),
        worded("conclusion"),
        number("hours"),
        number("cost_amount"),
        text("cost_currency"),
    )

    @creates(IterationPlanned)
    def planned(self, step: Step[IterationPlanned]) -> Row:
        """An organisation plans an iteration."""
        plan = step.model
        return {
            "question": plan.question,
            "title": plan.title,
            "hypothesis": plan.hypothesis,
            "action": plan.action,
            "measure": plan.measure,
            "criterion": plan.criterion,
            "participation_level": value_of(plan.participation_level),
            "modes": [mode.value for mode in plan.modes],
            "follows": plan.follows,
            "inspired_by": plan.inspired_by,
            "starts_on": plan.starts_on,
            "ends_on": plan.ends_on,
            "themes": plan.themes,
            "state": "planned",
        }

    @moves(IterationRevised)
    def revised(self, row: Row, step: Step[IterationRevised]) -> Row:
        """The plan changes before the start."""
        return {name: part or row[name] for name, part in _parts(step.model).items()}

    @moves(IterationStarted)
    def started(self, row: Row, step: Step[IterationStarted]) -> Row:
        """The iteration is started."""
        return {
            "state": "started",
            "started_at": step.occurred_at,
            "started_position": step.position,
        }

    @moves(IterationConcluded)
    def concluded(self, row: Row, step: Step[IterationConcluded]) -> Row:
        """The iteration ends with a result and a decision."""
        concluded = step.model
        cost = concluded.cost
        return {
            "state": "concluded",
            "concluded_at": step.occurred_at,
            "concluded_position": step.position,
            "result": concluded.result.value,
            "decision": concluded.decision.value,
            "evidence_level": concluded.evidence_level,
            "conclusion": concluded.summary,
            "hours": concluded.hours,
            "cost_amount": None if cost is None else cost.amount,
            "cost_currency": None if cost is None else cost.currency,
        }


def _parts(revised: IterationRevised) -> Mapping[str, str | None]:
    """Return the parts of the plan that changed; the others are null."""
    return {
        "hypothesis": revised.hypothesis,
        "action": revised.action,
        "measure": revised.measure,
        "criterion": revised.criterion,
    }


class Revisions(Facts):
    """A row per revision of a plan: the parts that changed; the others are null."""

    table = facts(
        "revisions",
        "iteration",
        text("iteration"),
        text("hypothesis"),
        text("action"),
        text("measure"),
        text("criterion"),
        worded("reason"),
    )

    @adds(IterationRevised)
    def revised(self, step: Step[IterationRevised]) -> Row:
        """A plan is revised, with a reason."""
        revised = step.model
        return {
            "iteration": revised.iteration,
            "reason": revised.reason,
            **_parts(revised),
        }


class Observations(Facts):
    """A row per observation."""

    table = facts(
        "observations",
        "iteration",
        text("iteration"),
        worded("text"),
        worded("measure"),
        number("value"),
        text("unit"),
        integer("sample_size"),
        text("evidence_kind"),
        texts("links"),
    )

    @adds(ObservationRecorded)
    def recorded(self, step: Step[ObservationRecorded]) -> Row:
        """An observation is recorded."""
        observed = step.model
        return {
            "iteration": observed.iteration,
            "text": observed.text,
            "measure": observed.measure,
            "value": observed.value,
            "unit": observed.unit,
            "sample_size": observed.sample_size,
            "evidence_kind": observed.evidence_kind.value,
            "links": observed.links,
        }


class Participations(Facts):
    """A row per record of people taking part. A person who takes part twice counts twice."""

    table = facts(
        "participations",
        "iteration",
        text("iteration"),
        integer("people"),
        text("participation_level"),
        text("mode"),
    )

    @adds(ParticipationRecorded)
    def recorded(self, step: Step[ParticipationRecorded]) -> Row:
        """People took part, at a level and in a mode."""
        took_part = step.model
        return {
            "iteration": took_part.iteration,
            "people": took_part.people,
            "participation_level": took_part.level.value,
            "mode": value_of(took_part.mode),
        }


class Reviews(Facts):
    """A row per review."""

    table = facts(
        "reviews",
        "organisation",
        reference("iteration"),
        worded("intended"),
        worded("actual"),
        worded("why"),
        texts("sustain"),
        texts("change"),
        texts("links"),
    )

    @adds(ReviewHeld)
    def held(self, step: Step[ReviewHeld]) -> Row:
        """A review is held: what was intended, what happened and why, what to sustain and what to change."""
        review = step.model
        return {
            "iteration": review.iteration,
            "intended": review.intended,
            "actual": review.actual,
            "why": review.why,
            "sustain": review.sustain,
            "change": review.change,
            "links": review.links,
        }
