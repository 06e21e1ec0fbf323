"""The cells of the policy that are asked for, written down once more: who may do what, and who is shown what."""

from typing import Final

import pytest

from events.access.policy import Action, Relation, Role, allows, may_ever, may_ever_record, shows
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.terms import Visibility
from events.vocabulary.types import EventType
from events.vocabulary.types.cohorts import CohortFormed, NoteAdded, PairingEnded
from events.vocabulary.types.iterations import IterationConcluded, ObservationRecorded
from events.vocabulary.types.learnings import FailureRecorded
from events.vocabulary.types.record import (
    EventCorrected,
    EventVoided,
    PersonForgotten,
    PersonIntroduced,
    VisibilityChanged,
)

KEYS: Final = "facilitator organisation guest evaluator analyst admin"

# Who may do it to some things, and who to everything.
MAY: Final = {
    Action.READ_PERSONAL: ("facilitator organisation", ""),
    Action.READ_ABSENCES: ("facilitator organisation evaluator", ""),
    Action.RECORD_FRAME: ("facilitator", ""),
    Action.RECORD_JOURNEY: ("facilitator organisation guest", ""),
    Action.CHANGE_JOURNEY: ("facilitator organisation", ""),
    Action.RECORD_PERSON: ("facilitator organisation", ""),
    Action.RECORD_PAIRING: ("facilitator organisation", ""),
    Action.RECORD_NOTE: ("facilitator organisation guest", ""),
    Action.FORGET: ("facilitator organisation admin", "admin"),
    Action.WITHDRAW: ("facilitator organisation guest", ""),
    Action.AMEND: ("facilitator organisation", ""),
    Action.SEND: (KEYS, KEYS),
    Action.KEEP: (KEYS, ""),
    Action.DELIVER: ("facilitator organisation evaluator analyst admin", ""),
    Action.GRANT_ORGANISATION: ("facilitator admin", "admin"),
    Action.GRANT_EVALUATOR: ("facilitator admin", "admin"),
    Action.INVITE_GUEST: ("facilitator organisation admin", "admin"),
    Action.GRANT: ("admin", "admin"),
    Action.SUBMIT: (f"{KEYS} public", f"{KEYS} public"),
    Action.DESCRIBE: (f"{KEYS} public", f"{KEYS} public"),
}

# The narrowest level that is shown.
SHOWN: Final = [
    (Action.READ, Role.FACILITATOR, Relation.OWN, Visibility.PRIVATE),
    (Action.READ, Role.ORGANISATION, Relation.OWN, Visibility.PRIVATE),
    (Action.READ, Role.ORGANISATION, Relation.PAIR, Visibility.PAIR),
    (Action.READ, Role.ORGANISATION, Relation.COHORT, Visibility.COHORT),
    (Action.READ, Role.GUEST, Relation.OWN, Visibility.COHORT),
    (Action.READ, Role.GUEST, Relation.COHORT, Visibility.COHORT),
    (Action.READ, Role.GUEST, Relation.OTHER, Visibility.PUBLIC),
    (Action.READ_SENSITIVE, Role.GUEST, Relation.OWN, Visibility.COHORT),
    (Action.READ, Role.EVALUATOR, Relation.OWN, Visibility.PRIVATE),
    (Action.READ_SENSITIVE, Role.EVALUATOR, Relation.OWN, Visibility.COHORT),
    (Action.READ, Role.ANALYST, Relation.OTHER, Visibility.COHORT),
    (Action.READ, Role.PUBLIC, Relation.OTHER, Visibility.PUBLIC),
    (Action.READ, Role.FACILITATOR, Relation.NONE, Visibility.PRIVATE),
    (Action.READ, Role.ADMIN, Relation.NONE, Visibility.PRIVATE),
    (Action.READ, Role.PUBLIC, Relation.NONE, Visibility.PUBLIC),
]


@pytest.mark.parametrize("action", [action for action in Action if not action.startswith("read")])
def test_every_action_is_written_down(action: Action) -> None:
    assert action in MAY


@pytest.mark.parametrize("action", MAY)
def test_an_action_is_for_these_roles(action: Action) -> None:
    some, everything = MAY[action]
    own = {role.value for role in Role if allows(role, action, Relation.OWN)}
    assert own == set(some.split())
    assert {role.value for role in Role if may_ever(role, action)} == own
    others = {role.value for role in Role if allows(role, action, Relation.OTHER)}
    assert others == set(everything.split())


@pytest.mark.parametrize(("action", "role", "relation", "narrowest"), SHOWN)
def test_a_role_is_shown_what_has_at_least_this_level(
    action: Action, role: Role, relation: Relation, narrowest: Visibility
) -> None:
    levels = list(Visibility)
    shown = [level for level in levels if shows(role, relation, level, action)]
    assert shown == levels[levels.index(narrowest) :]


def test_who_evaluates_a_cohort_is_read_by_its_facilitators_and_by_its_members() -> None:
    may = {
        (role.value, relation.value)
        for role in Role
        for relation in Relation
        if allows(role, Action.READ_EVALUATORS, relation)
    }
    assert may == {("facilitator", "own"), ("organisation", "cohort")}


@pytest.mark.parametrize(
    ("type_", "roles"),
    [
        (CohortFormed, "facilitator"),
        (FailureRecorded, "facilitator organisation guest"),
        (ObservationRecorded, "facilitator organisation guest"),
        (NoteAdded, "facilitator organisation guest"),
        (IterationConcluded, "facilitator organisation"),
        (VisibilityChanged, "facilitator organisation"),
        (PairingEnded, "facilitator organisation"),
        (PersonIntroduced, "facilitator organisation"),
        (PersonForgotten, "facilitator organisation admin"),
        (EventVoided, "facilitator organisation guest"),
        (EventCorrected, "facilitator organisation"),
    ],
)
def test_a_type_is_recorded_by_these_roles(type_: type[EventType], roles: str) -> None:
    kind = VOCABULARY.named(type_.name)
    assert {role.value for role in Role if may_ever_record(role, kind)} == set(roles.split())
