"""The log's lock is a table's: before, it was an advisory lock, which PostgreSQL gives to every role that may connect.

A batch that has waited for the former lock while this migration ran is the only one that the new lock does not hold
back. If it meets another one, the positions of events, which are unique, let only one of them be recorded.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    # What has the former lock is finished first.
    "select lock_log()",
    "create table log_lock ()",
    """
create or replace function lock_log() returns void language sql as $$
    lock table log_lock in exclusive mode;
$$
    """,
)


def upgrade() -> None:
    """Replace the lock."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: recorded events are never removed."""
    raise NotImplementedError("a migration of the log is never undone")
