"""Read models of the subjects of all kinds: their titles and who may see them. Queries check visibility with these.

An event without an audience of its own has that of its first subject.
"""

from collections.abc import Sequence
from typing import ClassVar, Final

from sqlalchemy import Table

from events.access.audience import audiences_of_subject, column
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import Stream, kind_of
from events.vocabulary.terms import FailureCause, Visibility
from events.vocabulary.types.cohorts import (
    CohortFormed,
    CohortRevised,
    OrganisationRenamed,
    OrganisationsPaired,
)
from events.vocabulary.types.learnings import FailureReclassified, FailureRecorded, LearningRevised
from events.vocabulary.types.questions import QuestionReframed
from events.vocabulary.types.record import EventVoided, VisibilityChanged
from projections.folding.decorators import on_each
from projections.folding.projection import Projection
from projections.folding.step import Step, readings_in, value_of
from projections.folding.tables import Key, Row, metadata, position, text, texts
from projections.models.titles import TITLES, line

_CREATING: Final = tuple(kind.name for kind in VOCABULARY.kinds if kind.creates)
_CHANGING: Final = frozenset(
    changing.name
    for changing in (
        *(VisibilityChanged, FailureReclassified, QuestionReframed, LearningRevised),
        *(CohortRevised, OrganisationRenamed),
    )
)


class SubjectAudiences(Projection):
    """A row per subject: the organisations that it belongs to, and who may see it.

    `audience` are the tokens of viewers who may see it, `below` of those who may see its later events. `title` is its
    display title (see `projections.models.titles`), null if it has none.
    """

    table = Table(
        "subjects",
        metadata,
        text("stream", primary_key=True),
        text("kind", nullable=False),
        position("position", nullable=False),
        text("level", nullable=False),
        texts("owners"),
        text("cohort"),
        text("failure_cause"),
        texts("audience"),
        texts("below"),
        text("title"),
    )

    def keys(self, step: Step) -> Sequence[Key]:
        """Return the streams of the subjects that the event creates or changes."""
        return [(stream,) for stream in _streams(step)]

    def stream(self, key: Key, step: Step) -> Stream:
        """Return the subject's own stream."""
        return Stream(key[0])

    @on_each(*_CREATING, *_CHANGING)
    def changed(self, row: Row | None, step: Step, key: Key) -> Row | None:
        """A subject is created, its visibility or classification changes, or its title."""
        return _after(row, step, key[0])


class FormerSubjects(Projection):
    """A row per subject whose creation was voided, in its last state; `ended` is the position of the void.

    Its key may have been given to another subject since. Events before that still belong to the former subject.
    """

    keeps_voided: ClassVar[bool] = True
    table = Table(
        "former_subjects",
        metadata,
        text("stream", primary_key=True),
        position("position", primary_key=True),
        position("ended", nullable=False),
        texts("audience"),
        texts("below"),
    )

    def keys(self, step: Step) -> Sequence[Key]:
        """Return the subjects that the event creates, by stream and position."""
        return [(stream, step.position) for stream in _streams(step)]

    def stream(self, key: Key, step: Step) -> Stream:
        """Return the subject's own stream."""
        return Stream(key[0])

    @on_each(*_CREATING)
    def changed(self, row: Row | None, step: Step, key: Key) -> Row | None:
        """A subject is created: it has no row here."""
        return None

    def fold_history(self, history: Sequence[Step], key: Key) -> Row | None:
        """Return the row of a subject whose creation is voided in this history, otherwise None."""
        stream, created = key
        voids = {
            step.about_position: step.position for step in history if step.type == EventVoided.name
        }
        ended = voids.get(created)
        if ended is None:
            return None
        row: Row | None = None
        voided = readings_in(history).voided
        for step in history:
            stood = step.position == created or step.position not in voided
            if created <= step.position < ended and stood and stream in _streams(step):
                row = _after(row, step, stream)
        if row is None:
            return None
        return {
            "stream": stream,
            "position": created,
            "ended": ended,
            "audience": row["audience"],
            "below": row["below"],
        }


def _streams(step: Step) -> Sequence[Stream]:
    """Return the streams of the subjects that the event creates, or of the one that it changes."""
    if step.type in _CHANGING:
        subject = step.event.subject
        return () if subject is None else (subject,)
    # The same as `Event.created`, but in a third of the time: that one examines everything the event names.
    return [
        reference.stream(step.data[reference.field])
        for reference in step.event.kind.references
        if reference.creates
    ]


def _after(row: Row | None, step: Step, stream: Stream) -> Row | None:
    """Return the subject's row after the event."""
    kind = kind_of(stream)
    match step.model:
        case VisibilityChanged(visibility=level):
            changed: Row = {"level": level.value}
        case FailureReclassified(failure_cause=cause):
            changed = {"failure_cause": cause.value} if cause else {}
        case (
            QuestionReframed(text=wording)
            | LearningRevised(statement=wording)
            | OrganisationRenamed(name_=wording)
        ):
            changed = {"title": line(wording)}
        case CohortRevised(title=title):
            changed = {"title": line(title)} if title else {}
        case created:
            row = {}
            changed = {
                "stream": stream,
                "kind": kind,
                "position": step.position,
                "level": step.level or step.default_level,
                "owners": _owners(step, kind),
                "cohort": step.cohort,
                "failure_cause": (
                    value_of(created.failure_cause)
                    if isinstance(created, FailureRecorded)
                    else None
                ),
                "title": line(step.data[TITLES[kind]]) if kind in TITLES else None,
            }
    if row is None:
        return None
    after = {**row, **changed}
    cause = after["failure_cause"]
    itself, below = audiences_of_subject(
        kind,
        Visibility(after["level"]),
        after["owners"],
        after["cohort"],
        FailureCause(cause) if cause else None,
    )
    return {**after, "audience": column(itself), "below": column(below)}


def _owners(step: Step, kind: str) -> list[str]:
    """Return the organisations that own a subject of this kind, which the event creates."""
    created = step.model
    if isinstance(created, OrganisationsPaired):
        return created.organisations
    is_shared = kind == "question" and isinstance(created, CohortFormed)
    return [] if is_shared or step.organisation is None else [step.organisation]
