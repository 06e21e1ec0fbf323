"""Who sees what, as conditions on rows of the read models: `events.visibility` in SQL.

Whoever looks is a `Sender`. Conditions are true, false or null, and null is no: none of them is ever negated.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    and_,
    any_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.types import BigInteger

from events.senders import Role, Sender
from events.terms import Visibility
from projections.models.cohorts import Cohorts, Memberships, Pairings

Condition = ColumnElement[bool]

PRIVATE: Final = Visibility.PRIVATE.value
PAIR: Final = Visibility.PAIR.value
COHORT: Final = Visibility.COHORT.value
PUBLIC: Final = Visibility.PUBLIC.value

EVERYBODYS: Final = frozenset({"cohorts", "organisations"})
"""Tables of subjects that every key sees."""

MOVES: Final = frozenset({"revisions", "framings", "reclassifications", "learning_revisions"})
"""Tables of facts whose events move their subject, so that a level of their own has no effect."""


class Seeing:
    """What one viewer sees."""

    def __init__(self, viewer: Sender) -> None:
        self.viewer = viewer

    @property
    def everything(self) -> bool:
        """Whether nothing is hidden."""
        return self.viewer.facilitates_everything

    @property
    def sees_everybodys(self) -> bool:
        """Whether every organisation and cohort is seen, as by every key."""
        return self.viewer.role is not Role.PUBLIC

    def subjects(self, rows: FromClause) -> Condition:
        """Return whether the viewer sees the subject of a row; `rows` are a table of subjects, or its alias."""
        if self.everything:
            return true()
        name = _name(rows)
        if name in EVERYBODYS:
            return self.everybodys(rows.c.level)
        if name == "questions":
            return or_(
                and_(rows.c.shared, self.everybodys(rows.c.level)),
                self._reaches_subject(rows),
            )
        if name == "persons":
            return self.reaches(literal(PRIVATE), owned_by(rows.c.organisation), rows.c.cohort)
        return self._reaches_subject(rows)

    def facts(self, rows: FromClause, about: FromClause) -> Condition:
        """Return whether the viewer sees the fact of a row; `about` are the rows of the subject that it is about."""
        if self.everything:
            return true()
        level: ColumnElement[Any] = about.c.level
        cohort: ColumnElement[Any] = about.c.cohort
        if _name(about) == "persons":
            level = literal(PRIVATE)
        elif _name(about) == "organisations":
            level, cohort = func.coalesce(rows.c.level, COHORT), rows.c.cohort
        elif _name(rows) not in MOVES:
            level = narrower(level, rows.c.level)
        seen = or_(self._acts(rows.c.organisation), self.reaches(level, _owners(about), cohort))
        if _name(rows) == "framings":
            # The first wording is the question's creation, and is seen like the question.
            return or_(seen, and_(rows.c.position == about.c.position, self.subjects(about)))
        return seen

    def everybodys(self, level: ColumnElement[str]) -> Condition:
        """Return whether the viewer sees something that every key sees, at this level."""
        return true() if self.sees_everybodys else level == PUBLIC

    def reaches(
        self,
        level: ColumnElement[str],
        owned: "Callable[[Owners], Condition]",
        cohort: ColumnElement[str],
    ) -> Condition:
        """Return whether something at this level, of these owners and this cohort, is shown to the viewer."""
        viewer = self.viewer
        if self.everything:
            return true()
        public = level == PUBLIC
        match viewer.role:
            case Role.FACILITATOR:
                named = sorted(viewer.cohorts)
                members = Memberships.table.alias()
                ever = select(members.c.organisation).where(members.c.cohort.in_(named))
                return or_(
                    public,
                    cohort.in_(named),
                    and_(cohort.is_(None), owned(lambda owner: owner.in_(ever))),
                )
            case Role.ANALYST:
                return level.in_((COHORT, PUBLIC))
            case Role.ORGANISATION if viewer.organisation is not None:
                me = viewer.organisation
                members = Memberships.table.alias()
                mine = select(members.c.cohort).where(members.c.organisation == me)
                peers = self._peers(me)
                return or_(
                    public,
                    owned(lambda owner: owner == me),
                    and_(level == COHORT, cohort.in_(mine)),
                    and_(
                        level.in_((PAIR, COHORT)),
                        owned(lambda owner: tuple_(cohort, owner).in_(peers)),
                    ),
                )
            case _:
                return public

    def _reaches_subject(self, rows: FromClause) -> Condition:
        return self.reaches(rows.c.level, _owners(rows), rows.c.cohort)

    def _acts(self, organisation: ColumnElement[str]) -> Condition:
        mine = self.viewer.organisation
        return false() if mine is None else organisation == mine

    def _peers(self, organisation: str) -> Any:
        """Return each organisation now paired with this one, with the cohort in which it is."""
        pairings, cohorts = Pairings.table.alias(), Cohorts.table.alias()
        own, other = Memberships.table.alias(), Memberships.table.alias()
        stay = func.jsonb_array_elements(other.c.stays).table_valued("value").alias()
        place = cast(stay.c.value.op("->>", return_type=Text())("joined_position"), BigInteger)
        left = cast(stay.c.value.op("->>", return_type=Text())("left_position"), BigInteger)
        member_left = exists(
            select(literal(1))
            .select_from(other.join(stay, true()))
            .where(
                other.c.cohort == pairings.c.cohort,
                other.c.organisation == any_(pairings.c.organisations),
                place < pairings.c.position,
                left > pairings.c.position,
            )
        )
        peer = func.unnest(pairings.c.organisations)
        return (
            select(pairings.c.cohort, peer)
            .join(cohorts, cohorts.c.key == pairings.c.cohort)
            .where(
                pairings.c.cohort.in_(
                    select(own.c.cohort).where(own.c.organisation == organisation)
                ),
                pairings.c.organisations.any_() == organisation,
                pairings.c.ended_at.is_(None),
                cohorts.c.closed_at.is_(None),
                ~member_left,
            )
        )


Owners = Callable[[ColumnElement[Any]], Condition]


def owned_by(organisation: ColumnElement[str]) -> Callable[[Owners], Condition]:
    """Return what applies a condition to the one organisation that owns something."""
    return lambda condition: condition(organisation)


def owned_by_any(organisations: ColumnElement[Sequence[str]]) -> Callable[[Owners], Condition]:
    """Return what applies a condition to each of the organisations that own something: one that meets it will do."""

    def applied(condition: Owners) -> Condition:
        owner = func.unnest(organisations).column_valued("owner")
        return select(owner).where(condition(owner)).exists()

    return applied


def narrower(one: ColumnElement[str], other: ColumnElement[str]) -> ColumnElement[str]:
    """Return the narrower of two levels; the other may be null."""
    narrow = (PRIVATE, PAIR, COHORT)
    return case(*((or_(one == level, other == level), level) for level in narrow), else_=PUBLIC)


def _owners(rows: FromClause) -> Callable[[Owners], Condition]:
    if _name(rows) == "pairings":
        return owned_by_any(rows.c.organisations)
    return owned_by(rows.c.organisation)


def _name(rows: FromClause) -> str:
    """Return the table's name, also of an alias."""
    return str(getattr(getattr(rows, "element", rows), "name", ""))
