"""Where the log was when an event went into quarantine: what was recorded later is told by it.

Revision 0005 of the service's own tables.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = ("alter table quarantine add column head bigint",)


def upgrade() -> None:
    """Add the column; of what is in quarantine already it is not known."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what waits in quarantine is kept."""
    raise NotImplementedError
