"""Keys, the quarantine, and facts about the installation.

Revision 0001 of the service's own tables.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
create table keys (
    id text collate "C" primary key,
    secret_hash bytea not null,
    role text not null,
    cohorts text[] not null default '{}',
    organisation text,
    sources text[] not null default '{}',
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz
)
    """,
    """
create table quarantine (
    id uuid primary key default gen_random_uuid(),
    key_id text collate "C" not null,
    received_at timestamptz not null default now(),
    position_in_request int not null,
    sealed bytea not null
)
    """,
    "create index quarantine_by_key on quarantine (key_id, received_at)",
    """
create table facts (
    name text primary key,
    value text not null
)
    """,
)


def upgrade() -> None:
    """Create the service's tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse, because keys and the events in quarantine must not be lost."""
    raise NotImplementedError
