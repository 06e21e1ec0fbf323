"""What is searched: everything that was said in people's own words."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Column, Index, Table, Text, cast, func
from sqlalchemy.dialects.postgresql import ARRAY

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import Stream, kind_of
from events.vocabulary.text_folding import trimmed
from events.vocabulary.types import Mark
from projections.folding.projection import Key, LevelledEvents, Row, enters
from projections.folding.step import Step
from projections.folding.tables import TEXTS, flag, metadata, position, small, text, texts
from projections.models.words import wording

SEARCHED: Final = tuple(
    sorted({created for kind in VOCABULARY.kinds for created in kind.creates} - {"person"})
)
"""The kinds of subjects that are searched: all but persons."""

_SAYING: Final = [
    kind for kind in VOCABULARY.kinds if kind.own_words and kind.mark is not Mark.VOIDS
]


class Wordings(LevelledEvents):
    """A row per text of an event: of the subject in `stream`, in its `field` (in a list, its `part`th).

    It is seen like its event (see `Entries`): `organisation` acts in that, `level` and `audience` are its own, and
    `creates` says that it created the subject. `plain` and `tokens` are the text as it is searched (see
    `projections.models.words`).
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
        text("level"),
        Column("audience", TEXTS),
        flag("creates"),
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
        value = step.data[field]
        found: str = value[part] if isinstance(value, list) else value
        plain, tokens = wording(found)
        return {
            "position": step.position,
            "field": field,
            "part": part,
            "stream": _subject(step, field),
            "type": step.type,
            "organisation": step.organisation,
            "level": step.level if step.adds else None,
            "audience": step.own_audience,
            "creates": step.creates,
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
    for field in step.event.kind.own_words:
        value = step.data.get(field)
        if value and is_searched(_subject(step, field)):
            for part, found in enumerate(value if isinstance(value, list) else (value,)):
                if found and trimmed(found):
                    yield field, part, found


def is_searched(stream: Stream) -> bool:
    """Say whether the subject with this stream is of a kind that is searched."""
    return kind_of(stream) in SEARCHED


def _subject(step: Step, field: str) -> Stream:
    """Return the stream of the subject that a text is of: the event's first, but for a question the question's."""
    kind = step.event.kind
    if field in kind.questions:
        of = next(found for found in kind.references if found.kinds == ("question",))
        return of.stream(step.data[of.field])
    return Stream(step.content["subject"])
