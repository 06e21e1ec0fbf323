"""SQL conditions for what a viewer may see: that the audience in a column and the viewer's tokens overlap.

All queries of the read models use them. Statements do not name a viewer: the tokens are parameters (see
`token_values`). Their text is therefore the same for every viewer.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Text,
    and_,
    any_,
    bindparam,
    case,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from events.access.audience import ViewerTokens, column, organisation
from events.vocabulary.terms import Visibility
from projections.folding.tables import TEXT, TEXTS
from projections.models.subjects import FormerSubjects, SubjectAudiences

Condition = ColumnElement[bool]

_TOKENS: Final = "tokens"


def _held(name: str) -> Any:
    return bindparam(name, type_=ARRAY(Text), required=True)


_HELD: Final = _held(_TOKENS)
_HELD_AT: Final = {level: _held(f"{_TOKENS}_{level.value}") for level in Visibility}


def token_values(viewer: ViewerTokens) -> Mapping[str, Sequence[str]]:
    """Return the parameters for a viewer's tokens."""
    return {
        _TOKENS: column(viewer.tokens),
        **{bind.key: column(viewer.at(level)) for level, bind in _HELD_AT.items()},
    }


def seen(audience: ColumnElement[Any], level: ColumnElement[str] | None = None) -> Condition:
    """Return whether the viewer's tokens, those for a level if one is given, overlap with the audience."""
    overlap = _overlap(audience, level)
    # PostgreSQL expects overlaps to be rare, and would read all organisations to find a member. For an expression that
    # it knows nothing about, it expects one half. Written twice, the condition costs more than a comparison of keys, so
    # keys are compared first; the second one is evaluated only if the first is null.
    return func.coalesce(overlap, overlap, false())


def _overlap(
    audience: ColumnElement[Any], level: ColumnElement[str] | None = None
) -> ColumnElement[bool]:
    held: Any = _HELD
    if level is not None:
        held = case(*((level == one.value, _HELD_AT[one]) for one in Visibility), else_=_HELD)
    overlap: ColumnElement[bool] = audience.op("&&", is_comparison=True)(held)
    return overlap


def acts(acting: ColumnElement[str]) -> Condition:
    """Return whether the acting organisation is the viewer's own."""
    return literal(organisation(""), TEXT).concat(acting) == any_(_HELD)


def event_seen(
    event: FromClause,
    subject: "SubjectCondition | PastSubjectCondition",
    creates: ColumnElement[bool] | None = None,
) -> Condition:
    """Return whether the viewer may see an event, by its `organisation`, `level` and `audience` and by its subject.

    `creates` says whether it created the subject.
    """
    itself = case(
        (event.c.audience.is_not(None), _overlap(event.c.audience)),
        else_=_overlap(subject.below, event.c.level),
    )
    return _seen_by(itself, event, subject, creates)


def plain_event_seen(event: FromClause, subject: "PastSubjectCondition") -> Condition:
    """Return whether the viewer may see an event without a level and an audience of its own, by its `creates`."""
    return _seen_by(_overlap(subject.below), event, subject, event.c.creates)


def _seen_by(
    itself: Condition,
    event: FromClause,
    subject: "SubjectCondition | PastSubjectCondition",
    creates: ColumnElement[bool] | None,
) -> Condition:
    found = or_(acts(event.c.organisation), func.coalesce(itself, false()))
    if creates is None:
        return found
    return case((creates, func.coalesce(_overlap(subject.audience), false())), else_=found)


class SubjectCondition:
    """The subject with a stream, if it exists and, given a `position`, was created no later than that.

    `position` is where it was created; `audience` are the tokens of viewers who may see it, `below` of those who may
    see its later events.
    """

    def __init__(
        self, stream: ColumnElement[str], position: ColumnElement[int] | None = None
    ) -> None:
        now = SubjectAudiences.table.alias("subject")
        self._now = now
        self._on = now.c.stream == stream
        if position is not None:
            self._on = and_(self._on, now.c.position <= position)
        self.kind: ColumnElement[str] = now.c.kind
        self.position: ColumnElement[int] = now.c.position
        self.audience: ColumnElement[Any] = now.c.audience
        self.below: ColumnElement[Any] = now.c.below

    def joined(self, rows: Any) -> Any:
        """Return the rows joined with their subjects, without rows that have none."""
        return rows.join(self._now, self._on)


class SubjectOfEach(SubjectCondition):
    """The same, if the viewer may see it, in a subquery for each row.

    PostgreSQL cannot estimate the number of rows well. With a plain join it would read all subjects, or some twice.
    """

    def __init__(self, stream: ColumnElement[str]) -> None:
        super().__init__(stream)
        now = self._now
        self._found = (
            select(now.c.kind, now.c.position, now.c.audience, now.c.below)
            .where(self._on, seen(now.c.audience))
            .offset(literal_column("0"))
            .correlate_except(now)
            .lateral("found_subject")
        )
        self.kind, self.position = self._found.c.kind, self._found.c.position
        self.audience, self.below = self._found.c.audience, self._found.c.below

    def joined(self, rows: Any) -> Any:
        """Return the rows whose subjects the viewer may see, joined with these."""
        return rows.join(self._found, true())


class PastSubjectCondition:
    """The subject with a stream at a position. It may have been voided since, and its key given to another.

    Its audiences are looked up where they are used. They are null if there was no subject.
    """

    def __init__(self, stream: ColumnElement[str], position: ColumnElement[int]) -> None:
        self._stream = stream
        self._at = position

    @property
    def audience(self) -> ColumnElement[Any]:
        """The tokens of viewers who may see it."""
        return self._then("audience")

    @property
    def below(self) -> ColumnElement[Any]:
        """The tokens of viewers who may see its later events."""
        return self._then("below")

    def _then(self, name: str) -> ColumnElement[Any]:
        now = SubjectAudiences.table.alias("then")
        former = FormerSubjects.table.alias("former")
        # Few subjects were voided. The second subquery runs only if the first finds nothing.
        return func.coalesce(
            self._one(now, name), self._one(former, name, former.c.ended > self._at), type_=TEXTS
        )

    def _one(self, subjects: FromClause, name: str, *stood: Condition) -> Any:
        return (
            select(subjects.c[name])
            .where(subjects.c.stream == self._stream, subjects.c.position <= self._at, *stood)
            .correlate_except(subjects)
            .scalar_subquery()
        )


def names_seen(names: ColumnElement[Any], position: ColumnElement[int]) -> Condition:
    """Return whether the viewer may see all the subjects that had these streams at the position."""
    name = func.unnest(names).table_valued("stream").render_derived("name")
    named = PastSubjectCondition(name.c.stream, position)
    unseen = select(name.c.stream).where(~func.coalesce(_overlap(named.audience), false()))
    return ~unseen.correlate_except(name).exists()
