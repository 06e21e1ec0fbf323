"""The names of rows in ids of the graph, and the conditions that find rows by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    any_,
    cast,
    literal,
    select,
    tuple_,
)

from events.vocabulary.terms import Visibility
from events.vocabulary.types.cohorts import OrganisationJoined
from projections.models.record import Entries
from projections.queries.lists import EVERY_JOINING_SEEN, texts
from projections.queries.viewers.audience_sql import Condition


class Naming(Protocol):
    """How the rows of a table are named."""

    @property
    def needs(self) -> Sequence[str]:
        """The columns that a row's name is derived from."""

    def name(self, row: Mapping[str, Any]) -> str:
        """Return the name of a row."""

    def condition(self, rows: FromClause, names: Sequence[str]) -> Condition:
        """Return whether a row may have one of these names; its `name` says whether it has."""


@dataclass(frozen=True, slots=True)
class KeyNaming:
    """Names a subject by its key."""

    needs: Sequence[str] = ("key",)

    def name(self, row: Mapping[str, Any]) -> str:
        """Return the key."""
        return str(row["key"])

    def condition(self, rows: FromClause, names: Sequence[str]) -> Condition:
        """Return whether a row has one of these keys."""
        return rows.c.key == any_(texts(names))


@dataclass(frozen=True, slots=True)
class PositionNaming:
    """Names a row for an event by the event's position."""

    needs: Sequence[str] = ("position",)

    def name(self, row: Mapping[str, Any]) -> str:
        """Return the position."""
        return str(row["position"])

    def condition(self, rows: FromClause, names: Sequence[str]) -> Condition:
        """Return whether a row has one of these positions."""
        return rows.c.position == any_(_positions(names))


@dataclass(frozen=True, slots=True)
class JoiningNaming:
    """Names a membership by the position of the first joining that the viewer may see. It reveals no earlier one."""

    needs: Sequence[str] = ("stays", EVERY_JOINING_SEEN)

    def name(self, row: Mapping[str, Any]) -> str:
        """Return the position."""
        return str(next(stay["joined_position"] for stay in seen_stays(row)))

    def condition(self, rows: FromClause, names: Sequence[str]) -> Condition:
        """Return whether the organisation joined its cohort at one of these positions."""
        entries = Entries.table.alias("joined")
        return tuple_(rows.c.organisation, rows.c.cohort).in_(
            select(entries.c.organisation, entries.c.cohort).where(
                entries.c.position == any_(_positions(names)),
                entries.c.type == OrganisationJoined.name,
            )
        )


def seen_stays(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the stays of a membership whose joining the viewer may see."""
    return [
        stay
        for stay in row["stays"]
        if row[EVERY_JOINING_SEEN] or stay["level"] == Visibility.PUBLIC
    ]


def _positions(names: Sequence[str]) -> ColumnElement[Any]:
    return cast(literal([int(name) for name in names], ARRAY(BigInteger)), ARRAY(BigInteger))
