"""Views over the read models that are served, under names that stay: `howcanwe.failures` and the other tables.

They exist once somebody has asked for them (`create`). From then on every build that takes over lets them show its own
read models (`follow`). They belong to the service's role of the database; `READER` sees them and nothing else.
"""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    case,
    cast,
    column,
    func,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateView

from events.access.audience import ViewerTokens, tokens
from events.access.policy import Role
from events.vocabulary.terms import Visibility
from projections.folding.tables import MOMENT
from projections.insights.perspective.viewer import FigureViewer
from projections.queries.lists import EVERY_JOINING_SEEN, LEAVING_SEEN
from projections.queries.viewers.audience_sql import token_values
from projections.tables.statement import rows_seen
from projections.tables.tables import LEAVING, MEMBERSHIPS, STAYS, TABLES, AnalystTable

SCHEMA: Final = "howcanwe"
READER: Final = "howcanwe_reader"
"""The role of the cluster that may read the views. Roles that log in are its members."""

_LOCK: Final = 4611686018427387850
_ABOUT: Final = "Tables as they stand, as seen by: "
"""The beginning of the schema's comment. What follows is the viewer, as people write it."""
_NOT_ALLOWED: Final = "42501"
_OTHER_COLUMNS: Final = "42P16"
_THERE: Final = ("42710", "23505")

_namespaces: Final = table("pg_namespace", column("oid"), column("nspname"), schema="pg_catalog")
_roles: Final = table("pg_roles", column("rolname"), schema="pg_catalog")


class NoRole(Exception):
    """The role `READER` does not exist, and the service's role of the database may not create it."""

    def __init__(self) -> None:
        super().__init__(
            f"the views are there, but the role {READER} is not, and this role of the database may not create it;"
            f' let one that may run "create role {READER} nologin", and run the command again'
        )


async def create(connection: AsyncConnection, viewer: str) -> None:
    """Create the views over the connection's read models, and the role that reads them. The caller commits.

    `viewer` is one whose view of the log follows from no event: facilitator, evaluator:COHORT,…, analyst or public.
    Raises ValueError for another one, and NoRole once everything else is done.
    """
    _tokens(viewer)
    await connection.exec_driver_sql(f"create schema if not exists {SCHEMA}")
    await connection.exec_driver_sql(f"comment on schema {SCHEMA} is {_quoted(_ABOUT + viewer)}")
    has_role = await _has_role(connection) or await _role_created(connection)
    await _show(connection, viewer)
    if not has_role:
        raise NoRole


async def follow(connection: AsyncConnection) -> bool:
    """Let the views show the connection's read models, if there are views; return whether there are."""
    about = select(func.obj_description(_namespaces.c.oid, "pg_namespace")).where(
        _namespaces.c.nspname == SCHEMA
    )
    found: str | None = (await connection.execute(about)).scalar()
    if found is None or not found.startswith(_ABOUT):
        return False
    await _show(connection, found.removeprefix(_ABOUT))
    return True


async def _show(connection: AsyncConnection, viewer: str) -> None:
    held = _tokens(viewer)
    await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    for one in TABLES.values():
        await _replace(connection, one, held)
        for comment in _comments(one):
            await connection.exec_driver_sql(comment)
    if await _has_role(connection):
        await connection.exec_driver_sql(f"grant usage on schema {SCHEMA} to {READER}")
        await connection.exec_driver_sql(
            f"grant select on all tables in schema {SCHEMA} to {READER}"
        )


async def _replace(connection: AsyncConnection, of: AnalystTable, viewer: ViewerTokens) -> None:
    """Replace a view. If its columns are others than before, it is dropped first; that fails if others depend on it."""
    # PostgreSQL does not know the type of an empty array; nobody's audience has an empty token.
    held = {name: [*found] or [""] for name, found in token_values(viewer).items()}
    query = _query(of).params(**held)
    try:
        async with connection.begin_nested():
            await connection.execute(CreateView(query, of.name, schema=SCHEMA, or_replace=True))
    except DBAPIError as error:
        if _sqlstate(error) != _OTHER_COLUMNS:
            raise
        await connection.exec_driver_sql(f"drop view {SCHEMA}.{of.name}")
        await connection.execute(CreateView(query, of.name, schema=SCHEMA))
    if not viewer.sees_everything:
        # Else conditions of a query may look at rows before those of the view leave them out.
        await connection.exec_driver_sql(
            f"alter view {SCHEMA}.{of.name} set (security_barrier = true)"
        )


def _query(of: AnalystTable) -> Select[Any]:
    rows = rows_seen(of).order_by(None).subquery("seen")
    if of not in (MEMBERSHIPS, STAYS):
        return select(*(rows.c[one.name] for one in of.columns))
    stay = func.jsonb_array_elements(rows.c.stays).table_valued("value").alias("stay")

    def value_of(name: str) -> ColumnElement[str]:
        return stay.c.value.op("->>", return_type=Text())(name)

    is_seen = or_(rows.c[EVERY_JOINING_SEEN], value_of("level") == Visibility.PUBLIC.value)
    member = (rows.c.organisation, rows.c.cohort)
    if of is MEMBERSHIPS:
        present = case((rows.c[LEAVING_SEEN], rows.c.present)).label("present")
        return select(*member, present).where(
            select(stay.c.value).select_from(stay).where(is_seen).correlate(rows).exists()
        )
    values: list[ColumnElement[Any]] = []
    for one in STAYS.columns[2:]:
        value: ColumnElement[Any] = value_of(one.source)
        if one.type is MOMENT or isinstance(one.type, BigInteger):
            value = cast(value, one.type)
        if one.source in LEAVING:
            value = case((rows.c[LEAVING_SEEN], value))
        values.append(value.label(one.name))
    return select(*member, *values).select_from(rows.join(stay, true())).where(is_seen)


def _comments(of: AnalystTable) -> Iterator[str]:
    yield f"comment on view {SCHEMA}.{of.name} is {_quoted(of.description)}"
    for one in of.columns:
        words = _quoted(f"{one.title.rstrip('.?')}: {one.description}")
        yield f'comment on column {SCHEMA}.{of.name}."{one.name}" is {words}'


def _tokens(viewer: str) -> ViewerTokens:
    who = FigureViewer.named(viewer)
    if who.organisation is not None or (who.cohorts and who.role is not Role.EVALUATOR):
        raise ValueError(
            f"{viewer}: expected facilitator, evaluator:COHORT,…, analyst or public,"
            " since views do not follow who joins a cohort and who is paired"
        )
    return ViewerTokens(tokens(who.role, cohorts=who.cohorts))


async def _has_role(connection: AsyncConnection) -> bool:
    found = select(_roles.c.rolname).where(_roles.c.rolname == READER)
    return (await connection.execute(found)).scalar() is not None


async def _role_created(connection: AsyncConnection) -> bool:
    """Create the role; return whether it was allowed."""
    try:
        async with connection.begin_nested():
            await connection.exec_driver_sql(f"create role {READER} nologin")
    except DBAPIError as error:
        # Another database of the cluster may have created it meanwhile.
        if _sqlstate(error) not in (_NOT_ALLOWED, *_THERE):
            raise
        return _sqlstate(error) in _THERE
    return True


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
