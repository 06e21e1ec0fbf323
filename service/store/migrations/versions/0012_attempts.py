"""A salt of each invitation, so that who redeems it can repeat an attempt whose answer was lost.

Revision 0012 of the service's own tables. The secret of a key is derived from the salt, the code and the attempt. The
default also holds for invitations that a process of an earlier version makes.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATEMENT = """
alter table invitations add column salt bytea not null
    default sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
"""


def upgrade() -> None:
    """Add the column, with another salt in each row."""
    op.execute(STATEMENT)


def downgrade() -> None:
    """Drop the column: only repeated attempts need it."""
    op.execute("alter table invitations drop column salt")
