"""Named consumers.

Revision 0003 of the service's own tables.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
create table consumers (
    key_id text collate "C" not null,
    name text collate "C" not null,
    position bigint not null,
    hash text collate "C" not null,
    kept_at timestamptz not null default now(),
    primary key (key_id, name)
)
    """,
)


def upgrade() -> None:
    """Create the table of consumers."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse, because the consumers' positions must not be lost."""
    raise NotImplementedError
