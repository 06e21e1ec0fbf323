"""The policy: a table of roles, actions and relations. Every permission of the service comes from it.

Who sees what follows from its rows for reading by way of `events.access.audience`.

A cell of `READ` is the narrowest level that is shown; every other cell says whether the action is allowed. A cell that
is not declared cannot be asked for: the table is checked when it is made.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from events.vocabulary.catalogue import EventKind
from events.vocabulary.terms import Visibility
from events.vocabulary.types import Mark, RecordedBy


class Role(StrEnum):
    """The role of a key, which decides what it may do."""

    FACILITATOR = "facilitator"
    ORGANISATION = "organisation"
    GUEST = "guest"
    """Someone of an organisation, who signed in with the code of a workshop of a cohort."""
    EVALUATOR = "evaluator"
    ANALYST = "analyst"
    ADMIN = "admin"
    PUBLIC = "public"


class Relation(StrEnum):
    """The relation of a key to the data that an action is about."""

    OWN = "own"
    """It belongs to the key's organisation, for a guest only in the key's cohort; or the key facilitates or evaluates
    its cohort."""
    PAIR = "pair"
    """Its owner is now paired with the key's organisation, in its cohort."""
    COHORT = "cohort"
    """The key's organisation was ever in its cohort; for a guest, it is the key's cohort, too."""
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
    """What creates a subject or only adds."""
    CHANGE_JOURNEY = "change a journey"
    """What moves a subject: a trial's start and conclusion, new wordings, levels, ends."""
    RECORD_PERSON = "record a person"
    RECORD_PAIRING = "record the end of a pairing"
    RECORD_NOTE = "record a note"
    FORGET = "record that a person is forgotten"
    WITHDRAW = "void what the same key recorded"
    """This and the next one also need the permission to record the event that is voided or corrected."""
    AMEND = "void what other keys recorded, and correct events"
    SEND = "hand in events to be judged"
    KEEP = "keep something under one's own key"
    """The quarantine, and the positions of named replays."""
    DELIVER = "have events delivered to an address"
    """Webhooks. A guest's key is a browser at a workshop, not a program."""
    GRANT_ORGANISATION = "make, list and end keys of organisations"
    """A facilitator's own are the organisations that were ever in a cohort, and only in the facilitator's cohorts."""
    GRANT_EVALUATOR = "make, list and end keys of evaluators"
    """A facilitator's own are those that evaluate only the facilitator's cohorts."""
    INVITE_GUEST = "make, list and end codes of workshops"
    GRANT = "manage keys"
    SUBMIT = "hand in what a form tool sends"
    """A hook opens with a secret of its own, and records under a key of its own."""
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
    """Return the rows of an action, in the order of the roles."""
    return dict(zip(_ROLES, rows, strict=True))


def _all(
    row: Mapping[Relation, Cell], **others: Mapping[Relation, Cell]
) -> Mapping[Role, Mapping[Relation, Cell]]:
    """Return the rows of an action that are all the same, but those of `others`, by the names of the roles."""
    return dict.fromkeys(_ROLES, row) | {Role(name): given for name, given in others.items()}


_NOBODY: Final = _row(_N, _N, _N, _N, _N)
_EVERYBODY: Final = _row(_Y, _Y, _Y, _Y, _Y)
_OWN: Final = _row(_Y, _N, _N, _N, _N)


def _some(**rows: Mapping[Relation, Cell]) -> Mapping[Role, Mapping[Relation, Cell]]:
    """Return the rows of an action that only these roles have, by their names."""
    return _all(_NOBODY, **rows)


TABLE: Final[Mapping[Action, Mapping[Role, Mapping[Relation, Cell]]]] = {
    # own, pair, cohort, other, none
    Action.READ: _rows(
        _row(_PRIVATE, _PUBLIC, _PUBLIC, _PUBLIC, _PRIVATE),
        _row(_PRIVATE, _PAIR, _COHORT, _PUBLIC, _PRIVATE),
        _row(_COHORT, _COHORT, _COHORT, _PUBLIC, _PRIVATE),
        _row(_PRIVATE, _PUBLIC, _PUBLIC, _PUBLIC, _PRIVATE),
        _row(_COHORT, _COHORT, _COHORT, _COHORT, _PRIVATE),
        _row(_PUBLIC, _PUBLIC, _PUBLIC, _PUBLIC, _PRIVATE),
        _row(_PUBLIC, _PUBLIC, _PUBLIC, _PUBLIC, _PUBLIC),
    ),
    Action.READ_SENSITIVE: _rows(
        _row(_PRIVATE, _PUBLIC, _PUBLIC, _PUBLIC, _PRIVATE),
        _row(_PRIVATE, _PAIR, _COHORT, _PUBLIC, _PRIVATE),
        _row(_COHORT, _COHORT, _COHORT, _PUBLIC, _PRIVATE),
        _row(_COHORT, _PUBLIC, _PUBLIC, _PUBLIC, _PRIVATE),
        _row(_COHORT, _COHORT, _COHORT, _COHORT, _PRIVATE),
        _row(_PUBLIC, _PUBLIC, _PUBLIC, _PUBLIC, _PRIVATE),
        _row(_PUBLIC, _PUBLIC, _PUBLIC, _PUBLIC, _PUBLIC),
    ),
    Action.READ_PERSONAL: _some(facilitator=_OWN, organisation=_OWN),
    Action.READ_ABSENCES: _some(facilitator=_OWN, organisation=_OWN, evaluator=_OWN),
    Action.READ_EVALUATORS: _some(facilitator=_OWN, organisation=_row(_N, _N, _Y, _N, _N)),
    Action.RECORD_FRAME: _some(facilitator=_OWN),
    Action.RECORD_JOURNEY: _some(facilitator=_OWN, organisation=_OWN, guest=_OWN),
    Action.CHANGE_JOURNEY: _some(facilitator=_OWN, organisation=_OWN),
    Action.RECORD_PERSON: _some(facilitator=_OWN, organisation=_OWN),
    Action.RECORD_PAIRING: _some(facilitator=_OWN, organisation=_OWN),
    Action.RECORD_NOTE: _some(facilitator=_OWN, organisation=_OWN, guest=_OWN),
    Action.FORGET: _some(facilitator=_OWN, organisation=_OWN, admin=_EVERYBODY),
    Action.WITHDRAW: _some(facilitator=_OWN, organisation=_OWN, guest=_OWN),
    Action.AMEND: _some(facilitator=_OWN, organisation=_OWN),
    Action.SEND: _all(_EVERYBODY, public=_NOBODY),
    Action.KEEP: _all(_OWN, public=_NOBODY),
    Action.DELIVER: _all(_OWN, guest=_NOBODY, public=_NOBODY),
    Action.GRANT_ORGANISATION: _some(facilitator=_OWN, admin=_EVERYBODY),
    Action.GRANT_EVALUATOR: _some(facilitator=_OWN, admin=_EVERYBODY),
    Action.INVITE_GUEST: _some(facilitator=_OWN, organisation=_OWN, admin=_EVERYBODY),
    Action.GRANT: _some(admin=_EVERYBODY),
    Action.SUBMIT: _all(_EVERYBODY),
    Action.DESCRIBE: _all(_EVERYBODY),
}

RECORDING: Final[Mapping[RecordedBy, Action]] = {
    RecordedBy.FACILITATOR: Action.RECORD_FRAME,
    RecordedBy.ORGANISATION: Action.RECORD_JOURNEY,
    RecordedBy.PAIRED: Action.RECORD_PAIRING,
    RecordedBy.ANYONE: Action.RECORD_NOTE,
    RecordedBy.PRIVACY: Action.FORGET,
    RecordedBy.AMENDER: Action.AMEND,
}
"""The action for recording an event, by who may record its type. `recording` distinguishes further."""

GRANTING: Final[Mapping[Role, Action]] = {
    Role.ORGANISATION: Action.GRANT_ORGANISATION,
    Role.EVALUATOR: Action.GRANT_EVALUATOR,
    Role.GUEST: Action.INVITE_GUEST,
}
"""The action for making, listing and ending keys, by their role; for all others it is `GRANT`."""

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


def recording(kind: EventKind, *, own: bool = False) -> Action:
    """Return the action for recording an event of this kind.

    A void or a correction also needs the action of the event that it is about; `own` says that the same key recorded
    that one.
    """
    if kind.personal and kind.mark is Mark.CREATES:
        return Action.RECORD_PERSON
    action = RECORDING[kind.model.recorded_by]
    if action is Action.RECORD_JOURNEY and kind.mark is Mark.MOVES:
        return Action.CHANGE_JOURNEY
    if own and kind.mark is Mark.VOIDS:
        return Action.WITHDRAW
    return action


def may_ever_record(role: Role, kind: EventKind) -> bool:
    """Return whether the role may record any event of this kind."""
    return may_ever(role, recording(kind, own=True))


def records(role: Role) -> bool:
    """Return whether the role may record events of any type."""
    return any(may_ever(role, action) for action in RECORDING.values())


def shows(role: Role, relation: Relation, level: Visibility, action: Action = Action.READ) -> bool:
    """Return whether something at this level is shown to the role in this relation."""
    narrowest = TABLE[action][role][relation]
    return isinstance(narrowest, Visibility) and not is_wider(narrowest, level)
