"""What organisations try: planned, frozen at the start, observed, concluded."""

from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationRevised,
    IterationStarted,
    ObservationRecorded,
    ParticipationRecorded,
)
from events.vocabulary.types.learnings import ReviewHeld
from projections.folding.projection import Facts, Row, Subjects, adds, creates, moves
from projections.folding.step import Step
from projections.folding.tables import (
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

_PLAN = ("hypothesis", "action", "measure", "criterion")


class Iterations(Subjects):
    """A row per iteration. Hypothesis, action, measure and criterion are as they stand, frozen once it is started.

    `state` is planned, started or concluded. `conclusion` sums up; `hours` and the cost are as told.
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
    def planned(self, step: Step) -> Row:
        """An organisation plans to try something."""
        return {
            "question": step.data["question"],
            "title": step.data["title"],
            "hypothesis": step.data["hypothesis"],
            "action": step.data["action"],
            "measure": step.text("measure"),
            "criterion": step.text("criterion"),
            "participation_level": step.data.get("participation_level"),
            "modes": step.texts("modes"),
            "follows": step.data.get("follows"),
            "inspired_by": step.texts("inspired_by"),
            "starts_on": step.day("starts_on"),
            "ends_on": step.day("ends_on"),
            "themes": step.texts("themes"),
            "state": "planned",
        }

    @moves(IterationRevised)
    def revised(self, row: Row, step: Step) -> Row:
        """A plan changes before it is started."""
        return {part: step.text(part) or row[part] for part in _PLAN}

    @moves(IterationStarted)
    def started(self, row: Row, step: Step) -> Row:
        """The trial begins."""
        return {
            "state": "started",
            "started_at": step.occurred_at,
            "started_position": step.position,
        }

    @moves(IterationConcluded)
    def concluded(self, row: Row, step: Step) -> Row:
        """The trial ends with a result and a decision."""
        cost = step.data.get("cost") or {}
        amount = cost.get("amount")
        return {
            "state": "concluded",
            "concluded_at": step.occurred_at,
            "concluded_position": step.position,
            "result": step.data["result"],
            "decision": step.data["decision"],
            "evidence_level": step.data["evidence_level"],
            "conclusion": step.data["summary"],
            "hours": step.number("hours"),
            "cost_amount": None if amount is None else float(amount),
            "cost_currency": cost.get("currency"),
        }


class Revisions(Facts):
    """A row per change of a plan: the parts that changed, the others null."""

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
    def revised(self, step: Step) -> Row:
        """A plan changes, for a reason."""
        return {
            "iteration": step.data["iteration"],
            "reason": step.data["reason"],
            **{part: step.text(part) for part in _PLAN},
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
    )

    @adds(ObservationRecorded)
    def recorded(self, step: Step) -> Row:
        """Something was seen, heard or counted."""
        return {
            "iteration": step.data["iteration"],
            "text": step.data["text"],
            "measure": step.text("measure"),
            "value": step.number("value"),
            "unit": step.text("unit"),
            "sample_size": step.data.get("sample_size"),
            "evidence_kind": step.data["evidence_kind"],
        }


class Participations(Facts):
    """A row per time that people took part; a person counts each time."""

    table = facts(
        "participations",
        "iteration",
        text("iteration"),
        integer("people"),
        text("participation_level"),
        text("mode"),
    )

    @adds(ParticipationRecorded)
    def recorded(self, step: Step) -> Row:
        """People took part, at a level and in a way."""
        return {
            "iteration": step.data["iteration"],
            "people": step.data["people"],
            "participation_level": step.data["level"],
            "mode": step.data.get("mode"),
        }


class Reviews(Facts):
    """A row per time that an organisation looked back."""

    table = facts(
        "reviews",
        "organisation",
        reference("iteration"),
        worded("intended"),
        worded("actual"),
        worded("why"),
        texts("sustain"),
        texts("change"),
    )

    @adds(ReviewHeld)
    def held(self, step: Step) -> Row:
        """An organisation looked back: intended, actual, why; what to sustain and what to change."""
        return {
            "iteration": step.data.get("iteration"),
            "intended": step.data["intended"],
            "actual": step.data["actual"],
            "why": step.data["why"],
            "sustain": step.texts("sustain"),
            "change": step.texts("change"),
        }
