"""The read model that search uses: all texts that people wrote in their own words."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Column, Index, Table, Text, cast, func
from sqlalchemy.dialects.postgresql import ARRAY

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import Stream, kind_of
from events.vocabulary.types import Mark
from events.vocabulary.values.text_folding import trimmed
from projections.folding.decorators import enters
from projections.folding.projection import LevelledEvents
from projections.folding.step import Step
from projections.folding.tables import TEXTS, Key, Row, flag, metadata, position, small, text, texts
from projections.models.words import wording

SEARCHED: Final = tuple(
    sorted({created for kind in VOCABULARY.kinds for created in kind.creates} - {"person"})
)
"""The kinds of subjects that can be searched: all but persons."""

_WITH_TEXTS: Final = [
    kind
    for kind in VOCABULARY.kinds
    if kind.own_words and kind.mark not in (Mark.VOIDS, Mark.CORRECTS)
]


class Wordings(LevelledEvents):
    """A row per text of an event, by its `field` and its index in a list (`part`); `stream` is the text's subject.

    It has the audience of its event, which the same columns as in `Entries` decide: `organisation`, `level`, `audience`
    and `creates`. `plain` and `tokens` are the forms of the text that are searched (see `projections.models.words`).
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
        """Return a key for each of the event's texts."""
        return [(step.position, field, part) for field, part, _ in _searchable_texts(step)]

    @enters(*(kind.name for kind in _WITH_TEXTS))
    def entered(self, step: Step, key: Key) -> Row:
        """An event with texts was recorded."""
        _, field, part = key
        value = step.data[field]
        found: str = value[part] if isinstance(value, list) else value
        plain, tokens = wording(found)
        return {
            "position": step.position,
            "field": field,
            "part": part,
            "stream": subject_of(step, field),
            "type": step.type,
            "organisation": step.organisation,
            "level": step.level if step.adds else None,
            "audience": step.own_audience,
            "creates": step.seen_with_subject,
            "text": found,
            "plain": plain,
            "tokens": tokens,
        }


Index(
    "wordings_tokens",
    func.array_to_tsvector(cast(Wordings.table.c.tokens, ARRAY(Text))),
    postgresql_using="gin",
)


def _searchable_texts(step: Step) -> Iterator[tuple[str, int, str]]:
    """Yield the searchable texts of an event: the field, the index in its list, and the text."""
    for field in step.event.kind.own_words:
        value = step.data.get(field)
        if value and is_searched(subject_of(step, field)):
            for part, found in enumerate(value if isinstance(value, list) else (value,)):
                if found and trimmed(found):
                    yield field, part, found


def is_searched(stream: Stream) -> bool:
    """Return whether the subject with this stream is of a kind that can be searched."""
    return kind_of(stream) in SEARCHED


def subject_of(step: Step, field: str) -> Stream:
    """Return the stream of a field's subject: of the question for its text, otherwise of the event's first subject."""
    kind = step.event.kind
    if field in kind.questions:
        question = next(found for found in kind.references if found.kinds == ("question",))
        return question.stream(step.data[question.field])
    return Stream(step.content["subject"])
