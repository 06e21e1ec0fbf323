"""What is searched: everything that was said in people's own words, and to whom the subjects are shown."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Index, Table, Text, cast, func
from sqlalchemy.dialects.postgresql import ARRAY

from events.catalogue import VOCABULARY
from events.folding import trimmed
from events.types import Mark
from projections.models.cohorts import Cohorts, Organisations, Pairings
from projections.models.exchange import Asks, Inspirations
from projections.models.iterations import Iterations
from projections.models.learnings import Failures, Learnings
from projections.models.questions import Questions
from projections.models.results import Outcomes, Publications
from projections.projection import Key, LevelledEvents, Projection, Row, Subjects, enters, moves
from projections.step import Step
from projections.tables import flag, metadata, position, small, text, texts
from projections.words import wording

_SEARCHED: Final[dict[str, Subjects]] = {
    found.kind: found
    for found in (
        Cohorts(),
        Organisations(),
        Pairings(),
        Questions(),
        Iterations(),
        Failures(),
        Learnings(),
        Inspirations(),
        Asks(),
        Outcomes(),
        Publications(),
    )
}
SEARCHED: Final = tuple(sorted(_SEARCHED))
"""The kinds of subjects that are searched: all but persons."""

_CREATING: Final = [
    kind for kind in VOCABULARY.kinds if any(created in _SEARCHED for created in kind.creates)
]
_SAYING: Final = [
    kind for kind in VOCABULARY.kinds if kind.own_words and kind.mark is not Mark.VOIDS
]


class Audiences(Projection):
    """A row per subject that is searched: whose it is, and to whom it is shown."""

    table = Table(
        "audiences",
        metadata,
        text("stream", primary_key=True),
        text("kind", nullable=False),
        position("position", nullable=False),
        texts("owners"),
        text("cohort"),
        text("level", nullable=False),
        flag("everybodys"),
    )

    def keys(self, step: Step) -> Sequence[Key]:
        """Return the streams of the subjects that the event creates, or shows to others."""
        if step.type == "visibility.changed":
            of: str = step.data["of"]
            return ((of,),) if of.partition("/")[0] in _SEARCHED else ()
        return [
            (reference.stream(step.data[reference.field]),)
            for reference in VOCABULARY.named(step.type).references
            if reference.creates in _SEARCHED
        ]

    def stream(self, key: Key, step: Step) -> str:
        """Return the subject's own stream."""
        return str(key[0])

    @enters(*(kind.name for kind in _CREATING))
    def created(self, step: Step, key: Key) -> Row:
        """A subject comes into being."""
        kind = key[0].partition("/")[0]
        subject = _SEARCHED[kind]
        row = subject.common(step)
        owners = step.data["organisations"] if kind == "pairing" else [row["organisation"]]
        return {
            "stream": key[0],
            "kind": kind,
            "position": step.position,
            "owners": [owner for owner in owners if owner is not None],
            "cohort": row["cohort"],
            "level": row["level"],
            "everybodys": kind in ("cohort", "organisation")
            or (kind == "question" and step.type == "cohort.formed"),
        }

    @moves("visibility.changed")
    def shown(self, row: Row, step: Step) -> Row:
        """It is shown to more, or to fewer."""
        return {"level": step.data["visibility"]}


class Wordings(LevelledEvents):
    """A row per text of an event: of the subject in `stream`, in its `field` (in a list, its `part`th).

    `type` is the event's; `organisation` acts in it, `cohort` is the event's, and `level` the one it was given for
    itself. `plain` and `tokens` are the text as it is searched (see `projections.words`).
    """

    table = Table(
        "wordings",
        metadata,
        position("position", primary_key=True),
        text("field", primary_key=True),
        small("part", primary_key=True, autoincrement=False),
        text("stream", nullable=False),
        text("type", nullable=False),
        text("organisation"),
        text("cohort"),
        text("level"),
        text("text", nullable=False),
        text("plain", nullable=False),
        texts("tokens"),
        Index("wordings_of_stream", "stream"),
    )

    def keys(self, step: Step) -> Sequence[Key]:
        """Return where the event's texts stand."""
        return [(step.position, field, part) for field, part, _ in _said(step)]

    @enters(*(kind.name for kind in _SAYING))
    def said(self, step: Step, key: Key) -> Row:
        """Something is said in people's own words."""
        _, field, part = key
        told = step.data[field]
        found: str = told[part] if isinstance(told, list) else told
        plain, tokens = wording(found)
        return {
            "position": step.position,
            "field": field,
            "part": part,
            "stream": _subject(step, field),
            "type": step.type,
            "organisation": step.organisation,
            "cohort": step.cohort,
            "level": step.level,
            "text": found,
            "plain": plain,
            "tokens": tokens,
        }


Index(
    "wordings_tokens",
    func.array_to_tsvector(cast(Wordings.table.c.tokens, ARRAY(Text))),
    postgresql_using="gin",
)


def _said(step: Step) -> Iterator[tuple[str, int, str]]:
    """Yield the texts of an event that are searched: the field, the place in its list, the text."""
    for field in VOCABULARY.named(step.type).own_words:
        if not is_searched(_subject(step, field)):
            continue
        told = step.data.get(field)
        for part, found in enumerate(told if isinstance(told, list) else [told]):
            if found and trimmed(found):
                yield field, part, found


def is_searched(stream: str) -> bool:
    """Say whether the subject with this stream is of a kind that is searched."""
    return stream.partition("/")[0] in _SEARCHED


def _subject(step: Step, field: str) -> str:
    """Return the stream of the subject that a text is of: the event's first, but for a question the question's."""
    kind = VOCABULARY.named(step.type)
    if field in kind.questions:
        of = next(found for found in kind.references if found.kinds == ("question",))
        return of.stream(step.data[of.field])
    stream: str = step.content["subject"]
    return stream
