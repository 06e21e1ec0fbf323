"""Invitations, from which browsers get keys of their own, and the workshop codes among them.

Revision 0008 of the service's own tables. What was done with an invitation is recorded in `grants` under its id, as
`invited` or `uninvited`.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
create table invitations (
    id text collate "C" primary key,
    -- SHA-256 of the code
    hash bytea not null unique,
    role text not null,
    organisation text collate "C",
    cohort text collate "C" not null,
    -- the cohorts that its keys name
    cohorts text[] not null,
    name text,
    uses_max integer not null,
    uses integer not null default 0 check (uses between 0 and uses_max),
    made_by text collate "C" not null,
    made_at timestamptz not null default now(),
    expires_at timestamptz not null,
    ended_at timestamptz
)
    """,
    "create index invitations_by_cohort on invitations (cohort, made_at)",
    'alter table keys add column invitation_id text collate "C"',
    "create index keys_by_invitation on keys (invitation_id) where invitation_id is not null",
    "create index sessions_by_key on sessions (key_id)",
)


def upgrade() -> None:
    """Create the table, and the columns that refer to it."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse, because it must stay known from whose invitation a key came."""
    raise NotImplementedError
