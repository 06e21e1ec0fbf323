"""The sessions of browsers that signed in, and the one-time links that sign in; a grant may be `linked`, too.

Revision 0007 of the service's own tables.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
create table sessions (
    -- SHA-256 of the secret
    hash bytea primary key,
    key_id text collate "C" not null,
    -- of the key at sign-in: the session ends when the key is rotated
    secret_hash bytea not null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    expires_at timestamptz not null
)
    """,
    "create index sessions_by_end on sessions (expires_at)",
    "create index sessions_by_use on sessions (last_used_at)",
    """
create table links (
    -- SHA-256 of the code
    hash bytea primary key,
    key_id text collate "C" not null,
    -- of the key when the link was made: the link ends when the key is rotated
    secret_hash bytea not null,
    made_by text collate "C" not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    redeemed_at timestamptz
)
    """,
    "create index links_by_end on links (expires_at)",
)


def upgrade() -> None:
    """Create the tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse, because those who are signed in must not be signed out."""
    raise NotImplementedError
