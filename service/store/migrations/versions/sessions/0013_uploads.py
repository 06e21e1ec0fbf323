"""The file that each session uploaded last, encrypted, with the ids and keys of its rows.

Revision 0013 of the service's own tables.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
create table uploads (
    session bytea primary key references sessions (hash) on delete cascade,
    id uuid not null default gen_random_uuid(),
    -- encrypted with a key that is derived from the secret of the session, which is not stored
    sealed bytea not null,
    made_at timestamptz not null default now()
)
    """,
    "create index uploads_by_age on uploads (made_at)",
)


def upgrade() -> None:
    """Create the table."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop the table: the files can be uploaded again."""
    op.execute("drop table uploads")
