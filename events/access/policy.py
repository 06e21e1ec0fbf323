"""The policy: a table of roles, actions and relations. Every permission of the service comes from it.

Who sees what follows from its rows for reading by way of `events.access.audience`.

A cell of `READ` is the narrowest level that is shown; every other cell says whether the action is allowed. A cell that
is not declared cannot be asked for: the table is checked when it is made.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from events.vocabulary.terms import Visibility
from events.vocabulary.types import RecordedBy


class Role(StrEnum):
    """The role of a key, which decides what it may do."""

    FACILITATOR = "facilitator"
    ORGANISATION = "organisation"
    EVALUATOR = "evaluator"
    ANALYST = "analyst"
    ADMIN = "admin"
    PUBLIC = "public"


class Relation(StrEnum):
    """The relation of a key to the data that an action is about."""

    OWN = "own"
    """It belongs to the key's organisation, or the key facilitates or evaluates its cohort."""
    PAIR = "pair"
    """Its owner is now paired with the key's organisation, in its cohort."""
    COHORT = "cohort"
    """The key's organisation was ever in its cohort."""
    OTHER = "other"
    """It belongs to another organisation."""
    NONE = "none"
    """It has no owner: organisations, cohorts, joinings and shared questions as such; the service itself."""


class Action(StrEnum):
    """An action that the policy allows or forbids."""

    READ = "read"
    """Read subjects and events, and figures that count them."""
    READ_SENSITIVE = "read persons and failures of cause deviance"
    """The same for persons, and for failures whose cause is deviance."""
    READ_PERSONAL = "read personal data"
    READ_ABSENCES = "read figures of what is missing"
    """The figures marked † in the definitions: shares and absences that a partial view would distort."""
    READ_EVALUATORS = "read who evaluates a cohort"
    """Where private work may be read, those who do it can find out by whom."""
    RECORD_FRAME = "record what frames a cohort"
    RECORD_JOURNEY = "record a journey"
    RECORD_PAIRING = "record the end of a pairing"
    RECORD_NOTE = "record a note"
    FORGET = "record that a person is forgotten"
    SEND = "hand in events to be judged"
    KEEP = "keep something under one's own key"
    """The quarantine, and the positions of named replays."""
    GRANT_ORGANISATION = "make, list and end keys of organisations"
    """A facilitator's own are the organisations that were ever in a cohort, and only in the facilitator's cohorts."""
    GRANT = "manage keys"
    DESCRIBE = "read what the service says of itself"


Cell = Visibility | bool

_PRIVATE, _PAIR, _COHORT, _PUBLIC = Visibility
_Y, _N = True, False

_RELATIONS: Final = tuple(Relation)
_ROLES: Final = tuple(Role)


def _row(*cells: Cell) -> Mapping[Relation, Cell]:
    """Return a row: a cell per relation, in the order own, pair, cohort, other, none."""
    return dict(zip(_RELATIONS, cells, strict=True))


def _rows(*rows: Mapping[Relation, Cell]) -> Mapping[Role, Mapping[Relation, Cell]]:
    """Return the rows of an action, in the order facilitator, organisation, evaluator, analyst, admin, public."""
    return dict(zip(_ROLES, rows, strict=True))


_NOBODY: Final = _row(_N, _N, _N, _N, _N)
_EVERYBODY: Final = _row(_Y, _Y, _Y, _Y, _Y)
_OWN: Final = _row(_Y, _N, _N, _N, _N)

TABLE: Final[Mapping[Action, Mapping[Role, Mapping[Relation, Cell]]]] = {
    # own, pair, cohort, other, none
    Action.READ: _rows(
        _row(_PRIVATE, _PUBLIC, _PUBLIC, _PUBLIC, _PRIVATE),
        _row(_PRIVATE, _PAIR, _COHORT, _PUBLIC, _PRIVATE),
        _row(_PRIVATE, _PUBLIC, _PUBLIC, _PUBLIC, _PRIVATE),
        _row(_COHORT, _COHORT, _COHORT, _COHORT, _PRIVATE),
        _row(_PUBLIC, _PUBLIC, _PUBLIC, _PUBLIC, _PRIVATE),
        _row(_PUBLIC, _PUBLIC, _PUBLIC, _PUBLIC, _PUBLIC),
    ),
    Action.READ_SENSITIVE: _rows(
        _row(_PRIVATE, _PUBLIC, _PUBLIC, _PUBLIC, _PRIVATE),
        _row(_PRIVATE, _PAIR, _COHORT, _PUBLIC, _PRIVATE),
        _row(_COHORT, _PUBLIC, _PUBLIC, _PUBLIC, _PRIVATE),
        _row(_COHORT, _COHORT, _COHORT, _COHORT, _PRIVATE),
        _row(_PUBLIC, _PUBLIC, _PUBLIC, _PUBLIC, _PRIVATE),
        _row(_PUBLIC, _PUBLIC, _PUBLIC, _PUBLIC, _PUBLIC),
    ),
    Action.READ_PERSONAL: _rows(_OWN, _OWN, _NOBODY, _NOBODY, _NOBODY, _NOBODY),
    Action.READ_ABSENCES: _rows(_OWN, _OWN, _OWN, _NOBODY, _NOBODY, _NOBODY),
    Action.READ_EVALUATORS: _rows(
        _OWN, _row(_N, _N, _Y, _N, _N), _NOBODY, _NOBODY, _NOBODY, _NOBODY
    ),
    Action.RECORD_FRAME: _rows(_OWN, _NOBODY, _NOBODY, _NOBODY, _NOBODY, _NOBODY),
    Action.RECORD_JOURNEY: _rows(_OWN, _OWN, _NOBODY, _NOBODY, _NOBODY, _NOBODY),
    Action.RECORD_PAIRING: _rows(_OWN, _OWN, _NOBODY, _NOBODY, _NOBODY, _NOBODY),
    Action.RECORD_NOTE: _rows(_OWN, _OWN, _NOBODY, _NOBODY, _NOBODY, _NOBODY),
    Action.FORGET: _rows(_OWN, _OWN, _NOBODY, _NOBODY, _EVERYBODY, _NOBODY),
    Action.SEND: _rows(_EVERYBODY, _EVERYBODY, _EVERYBODY, _EVERYBODY, _EVERYBODY, _NOBODY),
    Action.KEEP: _rows(_OWN, _OWN, _OWN, _OWN, _OWN, _NOBODY),
    Action.GRANT_ORGANISATION: _rows(_OWN, _NOBODY, _NOBODY, _NOBODY, _EVERYBODY, _NOBODY),
    Action.GRANT: _rows(_NOBODY, _NOBODY, _NOBODY, _NOBODY, _EVERYBODY, _NOBODY),
    Action.DESCRIBE: _rows(_EVERYBODY, _EVERYBODY, _EVERYBODY, _EVERYBODY, _EVERYBODY, _EVERYBODY),
}

RECORDING: Final[Mapping[RecordedBy, Action]] = {
    RecordedBy.FACILITATOR: Action.RECORD_FRAME,
    RecordedBy.ORGANISATION: Action.RECORD_JOURNEY,
    RecordedBy.PAIRED: Action.RECORD_PAIRING,
    RecordedBy.ANYONE: Action.RECORD_NOTE,
    RecordedBy.PRIVACY: Action.FORGET,
}
"""The action for recording an event, by who may record its type. A void and a correction take that of their event."""

_WIDTH: Final = {level: width for width, level in enumerate(Visibility)}


def is_wider(level: Visibility, than: Visibility) -> bool:
    """Return whether more see something at this level than at the other one."""
    return _WIDTH[level] > _WIDTH[than]


def allows(role: Role, action: Action, relation: Relation) -> bool:
    """Return whether the role may do this in this relation; for reading, whether any level is shown."""
    return TABLE[action][role][relation] is not False


@cache
def may_ever(role: Role, action: Action) -> bool:
    """Return whether the role may do this in any relation."""
    return any(allows(role, action, relation) for relation in Relation)


def may_ever_record(role: Role, by: RecordedBy) -> bool:
    """Return whether the role may record any event of a type that is recorded by `by`."""
    if by is not RecordedBy.AMENDER:
        return may_ever(role, RECORDING[by])
    # The forgetting of a person is never voided. Everyone who may record another event may void it.
    actions = set(RECORDING.values()) - {Action.FORGET}
    return any(may_ever(role, action) for action in actions)


def records(role: Role) -> bool:
    """Return whether the role may record events of any type."""
    return any(may_ever(role, action) for action in RECORDING.values())


def shows(role: Role, relation: Relation, level: Visibility, action: Action = Action.READ) -> bool:
    """Return whether something at this level is shown to the role in this relation."""
    narrowest = TABLE[action][role][relation]
    return isinstance(narrowest, Visibility) and not is_wider(narrowest, level)
