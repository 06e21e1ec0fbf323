"""What every member of a cohort may see, for each kind of viewer who asks."""

from itertools import product
from typing import Final

import pytest

from events.access.any_member import any_member
from events.access.audience import (
    EVERYTHING,
    Audience,
    ViewerTokens,
    audience,
    everybodys,
    organisation,
    tokens,
)
from events.access.policy import Action, Relation, Role, allows, shows
from events.access.principal import Principal
from events.vocabulary.terms import Visibility

JOINED: Final = ("valley",)
FULL: Final = (
    Principal("a", Role.FACILITATOR),
    Principal("b", Role.FACILITATOR, frozenset({"valley"})),
    Principal("c", Role.ORGANISATION, organisation="mill"),
    Principal("d", Role.EVALUATOR, frozenset({"valley"})),
    Principal("k", Role.GUEST, frozenset({"valley"}), "mill"),
    Principal("e", Role.ANALYST),
)
"""Viewers who see all that is visible to the cohort valley. Those of organisations joined it."""
STRANGERS: Final = (
    Principal("f", Role.FACILITATOR, frozenset({"hill"})),
    Principal("g", Role.ORGANISATION, organisation="bakery"),
    Principal("h", Role.EVALUATOR, frozenset({"hill"})),
    Principal("i", Role.ADMIN),
    Principal("l", Role.GUEST, frozenset({"hill"}), "mill"),
    Principal("m", Role.GUEST, frozenset({"valley"}), "bakery"),
    Principal("j", Role.PUBLIC),
)


def held_by(viewer: Principal) -> ViewerTokens:
    """Return the tokens of a viewer; only mill, of the organisations, joined the cohort."""
    return ViewerTokens(
        tokens(
            viewer.role,
            of=viewer.organisation,
            cohorts=viewer.cohorts,
            ever=JOINED if viewer.organisation == "mill" else (),
            peers=[("valley", "farm")] if viewer.organisation == "mill" else (),
            members=("mill", "farm") if "valley" in viewer.cohorts else (),
        )
    )


def seen_as_any_member(viewer: Principal) -> ViewerTokens:
    """Return the tokens of the principal that stands for any member when this viewer asks."""
    return held_by(any_member(viewer, "valley", JOINED if viewer.organisation == "mill" else ()))


def audiences() -> list[tuple[Audience, Visibility | None]]:
    """Return audiences of all levels, in this cohort, in another and in none, with the levels of events."""
    found = [
        (audience(level, owners, cohort, is_sensitive=is_sensitive), own)
        for level, owners, cohort, is_sensitive, own in product(
            Visibility,
            [(), ("mill",), ("farm",), ("bakery",), ("mill", "farm")],
            ["valley", "hill", None],
            [False, True],
            [None, *Visibility],
        )
    ]
    return [*found, *((everybodys(level), None) for level in Visibility)]


@pytest.mark.parametrize("viewer", [*FULL, *STRANGERS], ids=lambda viewer: str(viewer.role))
def test_it_sees_nothing_that_the_viewer_does_not_see(viewer: Principal) -> None:
    itself, member = held_by(viewer), seen_as_any_member(viewer)
    for shown, own in audiences():
        assert itself.sees(shown, own) or not member.sees(shown, own), (shown, own)


@pytest.mark.parametrize("viewer", FULL, ids=lambda viewer: str(viewer.role))
def test_it_sees_what_the_policy_shows_to_a_member_without_work_and_pairing(
    viewer: Principal,
) -> None:
    member = seen_as_any_member(viewer)
    guest = ViewerTokens(tokens(Role.ORGANISATION, of="guest", ever=JOINED))
    for shown, own in audiences():
        assert member.sees(shown, own) == guest.sees(shown, own), (shown, own)
    for level, is_sensitive in product(Visibility, [False, True]):
        action = Action.READ_SENSITIVE if is_sensitive else Action.READ
        shown = audience(level, ("mill",), "valley", is_sensitive=is_sensitive)
        assert member.sees(shown) == shows(Role.ORGANISATION, Relation.COHORT, level, action)


@pytest.mark.parametrize("viewer", STRANGERS, ids=lambda viewer: str(viewer.role))
def test_a_stranger_sees_the_public_part(viewer: Principal) -> None:
    assert seen_as_any_member(viewer).tokens == tokens(Role.PUBLIC)


@pytest.mark.parametrize("viewer", [*FULL, *STRANGERS], ids=lambda viewer: str(viewer.role))
def test_it_records_nothing_and_gets_no_personal_data(viewer: Principal) -> None:
    member = any_member(viewer, "valley", JOINED)
    assert (member.id, member.organisation) == (viewer.id, None)
    assert not member.facilitates_everything
    assert not {EVERYTHING, organisation("mill")} & held_by(member).tokens
    for action in (Action.READ_PERSONAL, Action.READ_ABSENCES, Action.READ_EVALUATORS):
        assert not any(allows(member.role, action, relation) for relation in Relation)
    for action in Action:
        if action.name.startswith("RECORD_"):
            assert not any(allows(member.role, action, relation) for relation in Relation)
