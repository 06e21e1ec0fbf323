"""The service's own tables are migrated, and what they hold stays valid."""

import alembic.command
import asyncpg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from events.store.connections import connect, engine
from events.store.schema import configured
from service.access.signing_in.sessions import Sessions
from service.store.schema import SERVICE
from tests.service.app import open_api

KEY_ROW = """
insert into sessions (hash, key_id, secret_hash, expires_at) values ($1, $2, $3, now() + interval '1 day')
"""
ROW = """
insert into sessions (hash, key_id, secret_hash, principal_id, subject, claims, refresh_token, ask_at, expires_at)
values ('\\x01', $1, $2, $3, $4, $5, $6, case when $7 then now() end, now())
"""


INVITATION = """
insert into invitations (id, hash, role, cohort, cohorts, uses_max, made_by, expires_at)
values ($1, $2, 'evaluator', 'heritage', '{heritage}', 1, 'test', now() + interval '1 day')
"""


async def migrated(url: str, revision: str) -> None:
    """Migrate an empty database to an earlier revision."""
    config = configured(SERVICE)
    migrator = engine(url)
    async with migrator.begin() as migrating:

        def migrate(given: Connection) -> None:
            config.attributes["connection"] = given
            alembic.command.upgrade(config, revision)

        await migrating.run_sync(migrate)
    await migrator.dispose()


def test_the_newest_migration_is_the_one_the_code_needs() -> None:
    assert ScriptDirectory.from_config(configured(SERVICE)).get_heads() == [SERVICE.revision]


async def test_browsers_that_signed_in_before_revision_9_stay_signed_in(
    empty_database_url: str,
) -> None:
    url = empty_database_url
    await migrated(url, "0008")
    connection = await connect(url)
    try:
        with pytest.raises(asyncpg.UndefinedColumnError):
            await connection.fetch("select principal_id from sessions")
        async with open_api(url) as api:
            caller = await api.service.keys.access(api.keys["mill"])
            row = (bytes(32), caller.key_id, caller.secret_hash)
            await connection.execute(KEY_ROW, *row)
            sessions: Sessions = api.service.sessions
            found = await sessions.present(bytes(32))
            assert found is not None and found.viewer == caller.viewer
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "row",
    [
        (None, None, None, None, None, None, False),
        ("key", None, None, None, None, None, False),
        ("key", b"hash", "principal", "ada", "{}", None, False),
        ("key", b"hash", None, None, None, b"token", True),
        (None, None, "principal", None, "{}", None, False),
        (None, None, "principal", "ada", None, None, False),
        (None, None, "principal", "ada", "{}", b"token", False),
        (None, None, "principal", "ada", "{}", None, True),
    ],
    ids=[
        "nobody",
        "half a key",
        "both",
        "a key's token",
        "no subject",
        "no claims",
        "never",
        "nothing",
    ],
)
async def test_a_session_has_one_whole_holder(database_url: str, row: tuple[object, ...]) -> None:
    async with open_api(database_url) as api, api.pool() as pool:
        with pytest.raises(asyncpg.CheckViolationError):
            await pool.execute(ROW, *row)


async def test_invitations_made_before_revision_12_get_salts_of_their_own(
    empty_database_url: str,
) -> None:
    await migrated(empty_database_url, "0011")
    connection = await connect(empty_database_url)
    try:
        for id_ in ("one", "other"):
            await connection.execute(INVITATION, id_, id_.encode())
        async with open_api(empty_database_url):
            await connection.execute(INVITATION, "by an earlier process", b"hash")
        salts = [row["salt"] for row in await connection.fetch("select salt from invitations")]
        assert len(set(salts)) == 3
        assert {len(salt) for salt in salts} == {32}
    finally:
        await connection.close()
