"""Audiences and tokens: their stored form, and the policy's table, cell by cell."""

from itertools import pairwise, product
from typing import Final

import pytest

from events.access.audience import Audience, ViewerTokens, audience, everybodys, tokens
from events.access.policy import Action, Relation, Role, shows
from events.vocabulary.terms import Visibility

PRIVATE, PAIR, COHORT, PUBLIC = Visibility

ALL: Final = {"facilitator", "organisation:mill"}
IN_COHORT: Final = ALL | {"facilitator:valley"}
OUTSIDE: Final = ALL | {"facilitator-of:mill"}
EVALUATED: Final = {"evaluator:valley"}
PAIRED: Final = {"pair:valley:mill"}
TOGETHER: Final = {"cohort:valley", "analyst"}


@pytest.mark.parametrize(
    ("level", "cohort", "is_sensitive", "expected"),
    [
        (PRIVATE, "valley", False, IN_COHORT | EVALUATED),
        (PAIR, "valley", False, IN_COHORT | EVALUATED | PAIRED),
        (COHORT, "valley", False, IN_COHORT | EVALUATED | PAIRED | TOGETHER),
        (PUBLIC, "valley", False, IN_COHORT | EVALUATED | PAIRED | TOGETHER | {"public"}),
        (PRIVATE, "valley", True, IN_COHORT),
        (PAIR, "valley", True, IN_COHORT | PAIRED),
        (COHORT, "valley", True, IN_COHORT | EVALUATED | PAIRED | TOGETHER),
        (PUBLIC, "valley", True, IN_COHORT | EVALUATED | PAIRED | TOGETHER | {"public"}),
        (PRIVATE, None, False, OUTSIDE),
        (PAIR, None, False, OUTSIDE),
        (COHORT, None, False, OUTSIDE | {"analyst"}),
        (PUBLIC, None, False, OUTSIDE | {"analyst", "public"}),
    ],
)
def test_an_audience_is_as_it_is_written_down(
    level: Visibility, cohort: str | None, is_sensitive: bool, expected: set[str]
) -> None:
    assert audience(level, ["mill"], cohort, is_sensitive=is_sensitive) == expected


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        *((level, {"facilitator", "key"}) for level in (PRIVATE, PAIR, COHORT)),
        (PUBLIC, {"facilitator", "key", "public"}),
    ],
)
def test_events_that_belong_to_nobody_are_seen_by_every_key(
    level: Visibility, expected: set[str]
) -> None:
    assert everybodys(level) == expected


def test_each_owner_and_its_pairs_are_in_the_audience() -> None:
    found = audience(PAIR, ["mill", "farm"], "valley")
    assert found >= {"organisation:mill", "organisation:farm"}
    assert found >= {"pair:valley:mill", "pair:valley:farm"}
    assert audience(PRIVATE, ["mill", "farm"], None) >= {
        "facilitator-of:mill",
        "facilitator-of:farm",
    }


def tokens_of(role: Role, relation: Relation, cohort: str | None) -> list[Audience]:
    """Return the tokens of viewers with this relation to an event of mill's in the cohort, or outside any."""
    match role, relation:
        case Role.FACILITATOR, Relation.OWN:
            own = ["valley"] if cohort else ["hill"]
            return [tokens(role), tokens(role, cohorts=own, members=["mill"])]
        case Role.FACILITATOR, Relation.OTHER:
            return [
                tokens(role, cohorts=["hill"], members=["farm"] if cohort is None else ["mill"])
            ]
        case Role.ORGANISATION, Relation.OWN:
            return [tokens(role, of="mill"), tokens(role, of="mill", ever=["valley"])]
        case Role.ORGANISATION, Relation.PAIR if cohort:
            return [tokens(role, of="farm", ever=["valley"], peers=[("valley", "mill")])]
        case Role.ORGANISATION, Relation.COHORT if cohort:
            return [tokens(role, of="farm", ever=["valley"], peers=[("hill", "mill")])]
        case Role.ORGANISATION, Relation.OTHER:
            return [tokens(role, of="farm", ever=["hill"], peers=[("hill", "mill")])]
        case Role.GUEST, Relation.OWN if cohort:
            return [tokens(role, of="mill", cohorts=["valley"], ever=["valley", "hill"])]
        case Role.GUEST, (Relation.PAIR | Relation.COHORT) if cohort:
            peers = [("valley", "mill")] if relation is Relation.PAIR else []
            return [tokens(role, of="farm", cohorts=["valley"], ever=["valley"], peers=peers)]
        case Role.GUEST, Relation.OTHER:
            never = [] if cohort else ["valley"]
            return [
                tokens(role, of="farm", cohorts=["hill"], ever=["hill", "valley"]),
                tokens(role, of="mill", cohorts=["valley"], ever=never),
            ]
        case Role.EVALUATOR, Relation.OWN if cohort:
            return [tokens(role, cohorts=["valley"])]
        case Role.EVALUATOR, Relation.OTHER:
            return [tokens(role, cohorts=["hill"])]
        case ((Role.ANALYST | Role.ADMIN | Role.PUBLIC), Relation.OTHER):
            return [tokens(role)]
        case _:
            return []


@pytest.mark.parametrize("is_sensitive", [False, True])
@pytest.mark.parametrize("cohort", ["valley", None])
@pytest.mark.parametrize("role", Role)
def test_audience_and_tokens_meet_where_the_policy_shows(
    role: Role, cohort: str | None, is_sensitive: bool
) -> None:
    action = Action.READ_SENSITIVE if is_sensitive else Action.READ
    asked = 0
    for relation, level in product(Relation, Visibility):
        for held in tokens_of(role, relation, cohort):
            asked += 1
            meets = not held.isdisjoint(
                audience(level, ["mill"], cohort, is_sensitive=is_sensitive)
            )
            assert meets == shows(role, relation, level, action), (relation, level, held)
    assert asked >= len(Visibility)


@pytest.mark.parametrize("role", Role)
def test_events_that_belong_to_nobody_are_shown_as_the_policy_says(role: Role) -> None:
    for level in Visibility:
        for held in tokens_of(role, Relation.OTHER, "valley"):
            meets = not held.isdisjoint(everybodys(level))
            assert meets == shows(role, Relation.NONE, level)


@pytest.mark.parametrize("is_sensitive", [False, True])
@pytest.mark.parametrize("cohort", ["valley", None])
def test_wider_levels_only_add_tokens(cohort: str | None, is_sensitive: bool) -> None:
    found = [audience(level, ["mill"], cohort, is_sensitive=is_sensitive) for level in Visibility]
    assert all(narrow < wide or narrow == wide for narrow, wide in pairwise(found))
    assert found[0] < found[-1]


# What is is_sensitive is never wider than this: a person is private, and a deviance needs one of these levels.
OF_WHAT_IS_KEPT: Final = (PRIVATE, PAIR)


@pytest.mark.parametrize(
    ("is_sensitive", "level"),
    [*((False, level) for level in Visibility), *((True, level) for level in OF_WHAT_IS_KEPT)],
)
@pytest.mark.parametrize("own", Visibility)
@pytest.mark.parametrize("cohort", ["valley", None])
def test_of_an_events_level_and_its_subjects_the_narrower_holds(
    level: Visibility, own: Visibility, cohort: str | None, is_sensitive: bool
) -> None:
    below = audience(level, ["mill"], cohort, is_sensitive=is_sensitive)
    narrow = audience(
        min(level, own, key=list(Visibility).index), ["mill"], cohort, is_sensitive=is_sensitive
    )
    for role, relation in product(Role, Relation):
        for held in tokens_of(role, relation, cohort):
            assert ViewerTokens(held).sees(below, own) == (not held.isdisjoint(narrow))


@pytest.mark.parametrize("level", Visibility)
def test_every_key_alone_sees_no_event_of_what_belongs_to_somebody(level: Visibility) -> None:
    assert audience(level, ["mill"], "valley").isdisjoint({"key"})


def test_a_guest_holds_what_all_members_of_its_cohort_hold_and_nothing_of_its_organisation() -> (
    None
):
    guest = tokens(
        Role.GUEST,
        of="mill",
        cohorts=["valley"],
        ever=["valley", "hill"],
        peers=[("valley", "farm")],
        members=["mill", "farm"],
    )
    assert guest == {"public", "key", "cohort:valley"}
    assert guest < tokens(Role.ORGANISATION, of="mill", ever=["valley", "hill"])
    assert tokens(Role.GUEST, of="mill", cohorts=["valley"], ever=["hill"]) == {"public", "key"}


def test_an_analyst_limited_to_a_cohort_holds_what_all_its_members_hold() -> None:
    limited = tokens(Role.ANALYST, cohorts=["valley"])
    mill = tokens(Role.ORGANISATION, of="mill", ever=["valley", "hill"], peers=[("valley", "farm")])
    farm = tokens(Role.ORGANISATION, of="farm", ever=["valley"], peers=[("valley", "mill")])
    assert limited == mill & farm == {"public", "key", "cohort:valley"}
    viewer = ViewerTokens(limited)
    for level in Visibility:
        seen = level in (COHORT, PUBLIC)
        for is_sensitive in (False, True):
            assert (
                viewer.sees(audience(level, ["mill"], "valley", is_sensitive=is_sensitive)) == seen
            )
            elsewhere = audience(level, ["mill"], "hill", is_sensitive=is_sensitive)
            assert viewer.sees(elsewhere) == (level is PUBLIC)
        assert viewer.sees(audience(PUBLIC, ["mill"], "valley"), level) == seen
