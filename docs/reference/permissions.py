"""Who may do what: the policy's table."""

from collections.abc import Iterator
from typing import Final

from docs.reference.markdown import page, table
from events.access.policy import TABLE, Action, Cell, Relation, Role

INTRODUCTION: Final = """The service answers every request by this table. A row is a role. A column says how the role's
organisation or cohorts stand to what is asked for. In tables of reading, a cell is the narrowest
visibility that is shown. To void or correct an event, a key also needs the permission to record that event.
[Who sees what](../explanation/visibility.md) explains the levels."""

COLUMNS: Final = {
    Relation.OWN: "own",
    Relation.PAIR: "of a paired organisation",
    Relation.COHORT: "of the same cohort",
    Relation.OTHER: "of others",
    Relation.NONE: "of nobody",
}


def _shown(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"`{cell.value}`"


def _actions() -> Iterator[str]:
    for action in Action:
        rows = (
            (f"`{role.value}`", *(_shown(TABLE[action][role][relation]) for relation in COLUMNS))
            for role in Role
        )
        heading = action.value[0].upper() + action.value[1:]
        yield f"## {heading}\n\n{table(('role', *COLUMNS.values()), rows)}"


def written() -> str:
    """Return the page of permissions."""
    return page("Permissions", INTRODUCTION, *_actions())
