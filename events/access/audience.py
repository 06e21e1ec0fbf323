"""Audiences: a row has tokens (its audience) and a viewer has tokens; the viewer sees the row if they share one.

Both follow from the policy's rows for reading. A token is one relation to something: `organisation:O` is held by the
organisation that owns it, `cohort:C` by the organisations that were ever members of its cohort, and so on. The wider
the level, the more tokens a row has; a narrower level only removes some.

Everything that shows data decides so: the log's lines, the live streams, the rules, and, through columns of audiences,
the read models, the search and the figures.
"""

from collections.abc import Collection, Iterable
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from events.access.policy import Action, Relation, Role, shows
from events.vocabulary.catalogue import EventKind
from events.vocabulary.stream import Stream, key_of, kind_of
from events.vocabulary.terms import FailureCause, Visibility
from events.vocabulary.types import Mark
from events.vocabulary.types.cohorts import OrganisationJoined, OrganisationLeft

EVERYTHING: Final = "facilitator"
"""The token of a facilitator of everything. Every audience has it."""

KEY: Final = "key"
"""The token of everyone with a key: they see the organisations, the cohorts and everything else that has no owner."""

ANALYST: Final = "analyst"

PUBLIC: Final = "public"
"""The token of everyone, also without a key."""

Audience = frozenset[str]


def organisation(key: str) -> str:
    """Return the token that an organisation holds for what it owns."""
    return f"organisation:{key}"


def facilitator(cohort: str) -> str:
    """Return the token of a cohort's facilitators."""
    return f"facilitator:{cohort}"


def facilitator_of(organisation: str) -> str:
    """Return the token of the facilitators of an organisation's work outside cohorts."""
    return f"facilitator-of:{organisation}"


def evaluator(cohort: str) -> str:
    """Return the token of a cohort's evaluators."""
    return f"evaluator:{cohort}"


def pair(cohort: str, organisation: str) -> str:
    """Return the token of the organisations that are paired with an organisation in a cohort."""
    return f"pair:{cohort}:{organisation}"


def member(cohort: str) -> str:
    """Return the token of a cohort's members, past ones included."""
    return f"cohort:{cohort}"


_HELD_BY_MANY: Final = {
    token: place for place, token in enumerate((PUBLIC, EVERYTHING, KEY, ANALYST))
}

_CELLS: Final = {
    EVERYTHING: (Role.FACILITATOR, Relation.OWN),
    "facilitator-of": (Role.FACILITATOR, Relation.OWN),
    "organisation": (Role.ORGANISATION, Relation.OWN),
    "pair": (Role.ORGANISATION, Relation.PAIR),
    "cohort": (Role.ORGANISATION, Relation.COHORT),
    "evaluator": (Role.EVALUATOR, Relation.OWN),
    ANALYST: (Role.ANALYST, Relation.OTHER),
    PUBLIC: (Role.PUBLIC, Relation.OTHER),
}
"""The cell of the policy's rows for reading for each token, by the token's prefix."""

_NOBODYS: Final = {EVERYTHING: Role.FACILITATOR, KEY: Role.ADMIN, PUBLIC: Role.PUBLIC}
"""For data without an owner, the role whose cell decides for a token: all keys see the same."""


def audience(
    level: Visibility, owners: Iterable[str], cohort: str | None, *, is_sensitive: bool = False
) -> Audience:
    """Return the audience of something at this level, with these owners and this cohort (None if it belongs to none).

    `is_sensitive` means that it is a person, or a failure whose cause is deviance: evaluators see less of these.
    """
    return _audience(level, tuple(owners), cohort, is_sensitive)


@lru_cache(maxsize=16_384)
def _audience(
    level: Visibility, owners: tuple[str, ...], cohort: str | None, is_sensitive: bool
) -> Audience:
    tokens = [EVERYTHING, ANALYST, PUBLIC]
    tokens += map(organisation, owners)
    if cohort is None:
        tokens += map(facilitator_of, owners)
    else:
        tokens += (facilitator(cohort), member(cohort))
        if not is_sensitive or shows(Role.EVALUATOR, Relation.OWN, level, Action.READ_SENSITIVE):
            tokens.append(evaluator(cohort))
        tokens += (pair(cohort, owner) for owner in owners)
    return _shown(tokens, level)


@lru_cache
def everybodys(level: Visibility) -> Audience:
    """Return the audience of data without an owner: organisations, cohorts, joinings and shared questions as such."""
    return frozenset(token for token, role in _NOBODYS.items() if shows(role, Relation.NONE, level))


@lru_cache(maxsize=16_384)
def column(tokens: Audience) -> list[str]:
    """Return an audience, or a viewer's tokens, as the column of a row. Do not change the list: it is shared.

    The tokens that most viewers hold come first: arrays are compared from their start until a token is in both.
    """
    return sorted(tokens, key=lambda token: (_HELD_BY_MANY.get(token, len(_HELD_BY_MANY)), token))


class Audiences(NamedTuple):
    """Who sees a subject, and who sees its events. The two differ only for subjects that every key sees."""

    itself: Audience
    below: Audience


def audiences_of_subject(
    kind: str,
    level: Visibility,
    owners: Iterable[str],
    cohort: str | None,
    cause: FailureCause | None = None,
) -> Audiences:
    """Return the audiences of a subject of this kind, with this level, these owners and this cohort.

    Every key sees the organisations, the cohorts and the shared questions, which have no owner. Persons are always
    private. `cause` is that of a failure.
    """
    owners = tuple(owners)
    is_person = kind == "person"
    below = audience(
        Visibility.PRIVATE if is_person else level,
        owners,
        cohort,
        is_sensitive=is_person or cause == FailureCause.DEVIANCE,
    )
    is_nobodys = kind in ("cohort", "organisation") or (kind == "question" and not owners)
    return Audiences(everybodys(level) if is_nobodys else below, below)


def audience_of_event(
    kind: EventKind, level: Visibility | None, subject: Stream | None, cohort: str | None
) -> Audience | None:
    """Return an event's own audience, None if everyone who sees its first subject (`subject`) sees it.

    `level` is the event's own level, `cohort` its cohort. An event that is seen with its subject has none. See
    `EventType.seen_with_subject`.
    """
    if kind.name == OrganisationJoined.name:
        return everybodys(level or Visibility.COHORT)
    if subject is None or kind_of(subject) != "organisation":
        return None
    key = key_of(subject)
    if kind.name == OrganisationLeft.name:
        return audience(Visibility.COHORT, (key,), cohort)
    if kind.mark is Mark.ADDS:
        return audience(level or Visibility.COHORT, (key,), cohort)
    return None


def _shows(token: str, level: Visibility) -> bool:
    role, relation = _CELLS[token.partition(":")[0]]
    return shows(role, relation, level)


def _shown(tokens: Iterable[str], level: Visibility) -> Audience:
    """Return the tokens whose holders may see something at this level."""
    return frozenset(token for token in tokens if _shows(token, level))


class ViewerTokens:
    """The tokens that a viewer holds."""

    def __init__(self, tokens: Audience) -> None:
        self.tokens = tokens

    @property
    def sees_everything(self) -> bool:
        """Whether nothing is hidden."""
        return self.holds(EVERYTHING)

    def holds(self, token: str) -> bool:
        """Return whether the viewer holds the token."""
        return token in self.tokens

    def sees(self, audience: Audience, level: Visibility | None = None) -> bool:
        """Return whether the viewer sees what has this audience; for an event, its subject's, and its own `level`."""
        return not self.at(level).isdisjoint(audience)

    def at(self, level: Visibility | None) -> Audience:
        """Return the tokens that count for an event with this level of its own; all of them if it has none.

        The narrower of an event's level and its subject's counts. Audiences only grow with the level, so the narrower
        one's audience is the subject's without the tokens whose holders may not see the event's own level.
        """
        return self.tokens if level is None else self._at[level]

    @cached_property
    def _at(self) -> dict[Visibility, Audience]:
        held = self.tokens - {KEY}
        return {level: _shown(held, level) for level in Visibility}


def tokens(
    role: Role,
    *,
    of: str | None = None,
    cohorts: Collection[str] = (),
    ever: Iterable[str] = (),
    peers: Iterable[tuple[str, str]] = (),
    members: Iterable[str] = (),
) -> Audience:
    """Return the tokens of a viewer.

    For a key of the organisation `of`: `ever` are the cohorts that it ever joined, `peers` the organisations with which
    it is paired now, each with the cohort. For a facilitator or evaluator: `cohorts` are those of the key (empty for a
    facilitator of everything), `members` the organisations that ever joined one of them. A guest of the
    organisation `of` holds what every member of `cohorts` holds, as far as the organisation ever joined them. An
    analyst limited to `cohorts` holds what every member of them holds, and nothing else.
    """
    held = {PUBLIC} if role is Role.PUBLIC else {PUBLIC, KEY}
    match role:
        case Role.FACILITATOR if not cohorts:
            held.add(EVERYTHING)
        case Role.FACILITATOR:
            held |= {*map(facilitator, cohorts), *map(facilitator_of, members)}
        case Role.ORGANISATION if of is not None:
            held |= {organisation(of), *map(member, ever)}
            held |= {pair(cohort, peer) for cohort, peer in peers}
        case Role.GUEST:
            held |= {member(cohort) for cohort in ever if cohort in cohorts}
        case Role.EVALUATOR:
            held |= {*map(evaluator, cohorts)}
        case Role.ANALYST if cohorts:
            held |= {*map(member, cohorts)}
        case Role.ANALYST:
            held.add(ANALYST)
    return frozenset(held)
