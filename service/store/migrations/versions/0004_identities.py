"""The identity of an event in quarantine, by which it is recognised when it is sent again.

Revision 0004 of the service's own tables.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    # Earlier rows have no identity, so they are never recognised.
    "alter table quarantine add column identity bytea",
    "create unique index quarantine_by_identity on quarantine (key_id, identity)",
    "create index quarantine_by_time on quarantine (received_at)",
)


def upgrade() -> None:
    """Add the column and its index."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse, because the events in quarantine must not be lost."""
    raise NotImplementedError
