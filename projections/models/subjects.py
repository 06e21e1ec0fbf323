"""The subjects of all kinds: what they are known by, and who sees them. Events are seen like their first subject."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from sqlalchemy import Table

from events.access.audience import audiences_of_subject, column
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.terms import FailureCause, Visibility
from events.vocabulary.types.cohorts import CohortFormed
from events.vocabulary.types.learnings import FailureReclassified
from events.vocabulary.types.record import EventVoided, VisibilityChanged
from projections.folding.projection import Key, Projection, Row, on_each
from projections.folding.step import Step, voided_in
from projections.folding.tables import metadata, position, text, texts
from projections.models.titles import RETITLING, TITLES, line

_CREATING: Final = tuple(kind.name for kind in VOCABULARY.kinds if kind.creates)
_MOVING: Final = (VisibilityChanged.name, FailureReclassified.name)


class SubjectAudiences(Projection):
    """A row per subject: whose it is, and to whom it is shown.

    `audience` are the tokens of those who see it, `below` of those who see what happens to it; `title` is what it is
    known by (see `projections.models.titles`), null where that is nothing.
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
        """Return the streams of the subjects that the event creates, or changes."""
        return [(stream,) for stream in _streams(step)]

    def stream(self, key: Key, step: Step) -> str:
        """Return the subject's own stream."""
        return str(key[0])

    @on_each(*_CREATING, *_MOVING, *RETITLING)
    def stands(self, row: Row | None, step: Step, key: Key) -> Row | None:
        """A subject comes into being, is shown to more or fewer, is seen differently, or has another title."""
        return _after(row, step, key[0])


class FormerSubjects(Projection):
    """A row per subject that was taken back, as it was last; `ended` is the position of the void.

    Its key may be another subject's by now. Earlier events stay with the earlier one.
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

    def stream(self, key: Key, step: Step) -> str:
        """Return the subject's own stream."""
        return str(key[0])

    @on_each(*_CREATING)
    def stands(self, row: Row | None, step: Step, key: Key) -> Row | None:
        """A subject comes into being: it is no former one."""
        return None

    def fold_history(self, history: Sequence[Step], key: Key) -> Row | None:
        """Return the row of a subject whose creation is taken back in this history, None of any other."""
        stream, created = key
        voids = {step.about_position: step.position for step in history if step.type == _VOID}
        ended = voids.get(created)
        if ended is None:
            return None
        row: Row | None = None
        voided = voided_in(history)
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


_VOID: Final = EventVoided.name


def _streams(step: Step) -> Iterator[str]:
    """Yield the streams of the subjects that the event creates, shows to others, sees differently, or calls anew."""
    if step.type == VisibilityChanged.name:
        of: str = step.data["of"]
        if not of.startswith("event/"):
            yield of
    elif step.type == FailureReclassified.name:
        yield f"failure/{step.data['failure']}"
    elif step.type in RETITLING:
        kind = RETITLING[step.type]
        yield f"{kind}/{step.data[kind]}"
    else:
        for reference in VOCABULARY.named(step.type).references:
            if reference.creates:
                yield reference.stream(step.data[reference.field])


def _after(row: Row | None, step: Step, stream: str) -> Row | None:
    """Return what is known of a subject after the event."""
    kind = stream.partition("/")[0]
    if step.type == VisibilityChanged.name:
        changed: Row = {"level": step.data["visibility"]}
    elif step.type == FailureReclassified.name:
        cause = step.data.get("failure_cause")
        changed = {"failure_cause": cause} if cause else {}
    elif step.type in RETITLING:
        changed = {"title": line(step.data[TITLES[kind]])}
    else:
        owner = step.organisation
        is_shared = kind == "question" and step.type == CohortFormed.name
        owners = step.texts("organisations") if kind == "pairing" else [owner]
        row = {}
        changed = {
            "stream": stream,
            "kind": kind,
            "position": step.position,
            "level": step.level or step.default_level,
            "owners": [] if is_shared else [one for one in owners if one is not None],
            "cohort": step.cohort,
            "failure_cause": step.data.get("failure_cause") if kind == "failure" else None,
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
