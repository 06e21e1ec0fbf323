"""Read models of the sessions of cohorts, and of commitments."""

from events.vocabulary.types.sessions import CommitmentMade, CommitmentSettled, SessionHeld
from projections.folding.decorators import creates, moves
from projections.folding.projection import Subjects
from projections.folding.step import Step
from projections.folding.tables import (
    Row,
    day,
    integer,
    moment,
    position,
    reference,
    references,
    small,
    subjects,
    text,
    texts,
    worded,
)


class Sessions(Subjects):
    """A row per session; `attended` are the organisations that attended it."""

    kind = "session"
    table = subjects(
        "sessions",
        text("kind"),
        worded("title"),
        small("minutes"),
        references("attended"),
        integer("people"),
        worded("summary"),
        texts("links"),
    )

    @creates(SessionHeld)
    def held(self, step: Step[SessionHeld]) -> Row:
        """A cohort held a session."""
        held = step.model
        return {
            "kind": held.kind.value,
            "title": held.title,
            "minutes": held.minutes,
            "attended": held.attended,
            "people": held.people,
            "summary": held.summary,
            "links": held.links,
        }


class Commitments(Subjects):
    """A row per commitment; `outcome` and `note` are set when it is settled."""

    kind = "commitment"
    table = subjects(
        "commitments",
        reference("iteration"),
        reference("session"),
        worded("text"),
        day("due_on"),
        moment("settled_at"),
        position("settled_position"),
        text("outcome"),
        worded("note"),
    )

    @creates(CommitmentMade)
    def made(self, step: Step[CommitmentMade]) -> Row:
        """An organisation commits to do something."""
        made = step.model
        return {
            "iteration": made.iteration,
            "session": made.session,
            "text": made.text,
            "due_on": made.due_on,
        }

    @moves(CommitmentSettled)
    def settled(self, row: Row, step: Step[CommitmentSettled]) -> Row:
        """A commitment was kept, changed or dropped."""
        return {
            "settled_at": step.occurred_at,
            "settled_position": step.position,
            "outcome": step.model.outcome.value,
            "note": step.model.note,
        }
