"""The log's head when an event was put into quarantine, to recognise events that were recorded later.

Revision 0005 of the service's own tables.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = ("alter table quarantine add column head bigint",)


def upgrade() -> None:
    """Add the column; it stays null for events that are in quarantine already."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse, because the events in quarantine must not be lost."""
    raise NotImplementedError
