"""Hooks: what form tools send becomes events, by a mapping of the operator, under a key made for it.

Revision 0011 of the service's own tables. A hook opens either with a secret, of which the hash is stored, or with the
signature of its tool, for which the secret itself is needed. The keys of hooks are limited to types of events.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
create table hooks (
    name text collate "C" primary key,
    key_id text collate "C" not null unique,
    -- the operator's file
    mapping text not null,
    tool text not null,
    -- SHA-256 of the secret
    secret_hash bytea,
    -- the secret with which the tool signs, encrypted with a key derived from the master key
    sealed bytea,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    check ((secret_hash is null) <> (sealed is null))
)
    """,
    "alter table keys add column types text[] not null default '{}'",
    "alter table grants add column types text[] not null default '{}'",
)


def upgrade() -> None:
    """Create the table, and the columns of keys and their grants."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse, because form tools rely on their hooks."""
    raise NotImplementedError
