"""Who sees a row: the tokens of the row, its audience, and those of a viewer. It is seen where the two meet.

Both follow from the policy's rows for reading. A token stands for one way of standing to something: `organisation:O`
for the organisation whose it is, `cohort:C` for whoever was ever a member of its cohort, and so on. The wider the
level, the more tokens a row has; a narrower level only leaves some out.

Everything that is shown asks this question and no other: the log's lines, the live streams, the rules, and by way of
their columns the read models, the search and the figures.
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
"""The token of whoever facilitates everything. Every audience has it."""

KEY: Final = "key"
"""The token of everybody with a key: they see the organisations, the cohorts and what belongs to nobody."""

ANALYST: Final = "analyst"

PUBLIC: Final = "public"
"""The token of everybody."""

Audience = frozenset[str]


def organisation(key: str) -> str:
    """Return the token of what is an organisation's own."""
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


def evaluator_of_kept(cohort: str) -> str:
    """Return the token of a cohort's evaluators, of what they see less of: persons, and failures of deviance."""
    return f"kept:{cohort}"


def pair(cohort: str, organisation: str) -> str:
    """Return the token of those that are paired with an organisation in a cohort."""
    return f"pair:{cohort}:{organisation}"


def member(cohort: str) -> str:
    """Return the token of a cohort's members, past ones too."""
    return f"cohort:{cohort}"


_HELD_BY_MANY: Final = {
    token: place for place, token in enumerate((PUBLIC, EVERYTHING, KEY, ANALYST))
}

_CELLS: Final = {
    EVERYTHING: (Action.READ, Role.FACILITATOR, Relation.OWN),
    "facilitator-of": (Action.READ, Role.FACILITATOR, Relation.OWN),
    "organisation": (Action.READ, Role.ORGANISATION, Relation.OWN),
    "pair": (Action.READ, Role.ORGANISATION, Relation.PAIR),
    "cohort": (Action.READ, Role.ORGANISATION, Relation.COHORT),
    "evaluator": (Action.READ, Role.EVALUATOR, Relation.OWN),
    "kept": (Action.READ_KEPT, Role.EVALUATOR, Relation.OWN),
    ANALYST: (Action.READ, Role.ANALYST, Relation.OTHER),
    PUBLIC: (Action.READ, Role.PUBLIC, Relation.OTHER),
}
"""The cell of the policy that a token stands for, by what the token begins with."""

_NOBODYS: Final = {EVERYTHING: Role.FACILITATOR, KEY: Role.ADMIN, PUBLIC: Role.PUBLIC}
"""Of what belongs to nobody, the role whose cell a token stands for: to all keys it is shown alike."""


def audience(
    level: Visibility, owners: Iterable[str], cohort: str | None, *, kept: bool = False
) -> Audience:
    """Return the audience of something at this level, of these organisations and this cohort (None: outside any).

    `kept` says that it is a person, or a failure whose cause is deviance: evaluators see less of these.
    """
    return _audience(level, tuple(owners), cohort, kept)


@lru_cache(maxsize=16_384)
def _audience(
    level: Visibility, owners: tuple[str, ...], cohort: str | None, kept: bool
) -> Audience:
    tokens = [EVERYTHING, ANALYST, PUBLIC]
    tokens += map(organisation, owners)
    if cohort is None:
        tokens += map(facilitator_of, owners)
    else:
        tokens += (facilitator(cohort), member(cohort))
        tokens.append(evaluator_of_kept(cohort) if kept else evaluator(cohort))
        tokens += (pair(cohort, owner) for owner in owners)
    return _shown(tokens, level)


@lru_cache
def everybodys(level: Visibility) -> Audience:
    """Return the audience of what belongs to nobody: organisations, cohorts, joinings and shared questions as such."""
    return frozenset(token for token, role in _NOBODYS.items() if shows(role, Relation.NONE, level))


@lru_cache(maxsize=16_384)
def column(tokens: Audience) -> list[str]:
    """Return an audience, or what a viewer holds, as rows have it; the list is nobody's to change.

    Those that most hold come first: arrays are compared from their beginning, until something is in both.
    """
    return sorted(tokens, key=lambda token: (_HELD_BY_MANY.get(token, len(_HELD_BY_MANY)), token))


class Audiences(NamedTuple):
    """Who sees a subject, and who sees what happens to it: another audience only for what every key sees."""

    itself: Audience
    below: Audience


def audiences_of_subject(
    kind: str,
    level: Visibility,
    owners: Iterable[str],
    cohort: str | None,
    cause: FailureCause | None = None,
) -> Audiences:
    """Return the audiences of a subject of a kind: at its level, of its organisations and its cohort.

    Every key sees the organisations, the cohorts and the shared questions, which belong to nobody. Persons are private,
    whatever level is given. `cause` is a failure's.
    """
    owners = tuple(owners)
    is_person = kind == "person"
    below = audience(
        Visibility.PRIVATE if is_person else level,
        owners,
        cohort,
        kept=is_person or cause == FailureCause.DEVIANCE,
    )
    is_nobodys = kind in ("cohort", "organisation") or (kind == "question" and not owners)
    return Audiences(everybodys(level) if is_nobodys else below, below)


def audience_of_event(
    kind: EventKind, level: Visibility | None, subject: Stream | None, cohort: str | None
) -> Audience | None:
    """Return the audience that an event has for itself, None if it is seen like its first subject, `subject`.

    `level` is the one it was given for itself, `cohort` the event's. One that creates is seen like what it creates.
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
    action, role, relation = _CELLS[token.partition(":")[0]]
    return shows(role, relation, level, action)


def _shown(tokens: Iterable[str], level: Visibility) -> Audience:
    """Return those of the tokens to whose holders something at this level is shown."""
    return frozenset(token for token in tokens if _shows(token, level))


class ViewerTokens:
    """Somebody who looks, by the tokens they hold."""

    def __init__(self, tokens: Audience) -> None:
        self.tokens = tokens

    @property
    def sees_everything(self) -> bool:
        """Whether nothing is hidden."""
        return self.holds(EVERYTHING)

    def holds(self, token: str) -> bool:
        """Return whether it is one of theirs."""
        return token in self.tokens

    def sees(self, audience: Audience, level: Visibility | None = None) -> bool:
        """Return whether what has this audience is shown; of an event, its subject's and the `level` of its own."""
        return not self.at(level).isdisjoint(audience)

    def at(self, level: Visibility | None) -> Audience:
        """Return the tokens that count for an event with this level of its own; all of them where it has none.

        Of an event's level and its subject's, the narrower one holds. Audiences only grow with the level, so the
        narrower one's is the subject's without the tokens to which the event's own level shows nothing.
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

    Of the organisation `of`: `ever` are the cohorts it ever joined, `peers` the organisations it is now paired with,
    each with the cohort. Of a facilitator or evaluator: `cohorts` are its own (a facilitator's empty: everything is),
    `members` the organisations that ever joined one of these.
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
        case Role.EVALUATOR:
            held |= {*map(evaluator, cohorts), *map(evaluator_of_kept, cohorts)}
        case Role.ANALYST:
            held.add(ANALYST)
    return frozenset(held)
