"""The last use of keys, a record of every grant, and the person whom an event in quarantine would introduce.

Revision 0002 of the service's own tables.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table keys add column last_used_at timestamptz",
    # Entries about a person are removed when the person is forgotten.
    'alter table quarantine add column person text collate "C"',
    """
create table grants (
    number bigint generated always as identity primary key,
    at timestamptz not null default now(),
    key_id text collate "C" not null,
    -- created, rotated or revoked
    what text not null,
    -- the key (or token's subject) of the admin, or the command that did it
    granted_by text collate "C" not null,
    role text not null,
    cohorts text[] not null,
    organisation text,
    sources text[] not null,
    expires_at timestamptz
)
    """,
    "create index grants_by_key on grants (key_id, number)",
    """
insert into grants (at, key_id, what, granted_by, role, cohorts, organisation, sources, expires_at)
    select created_at, id, 'created', 'before-grants-were-kept', role, cohorts, organisation, sources, expires_at
    from keys order by created_at
    """,
)


def upgrade() -> None:
    """Add the columns and the table of grants."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse, because the record of grants must not be lost."""
    raise NotImplementedError
