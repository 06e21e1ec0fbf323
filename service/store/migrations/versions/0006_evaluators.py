"""The names of keys, and the evaluators whose tokens have been used, for the members of the cohorts that they evaluate.

Revision 0006 of the service's own tables.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table keys add column name text",
    "alter table grants add column name text",
    """
create index keys_of_evaluators on keys using gin (cohorts)
    where role = 'evaluator' and revoked_at is null
    """,
    # Tokens are not stored. An evaluator who has one is known from its first use until it expires.
    """
create table evaluating_tokens (
    cohort text collate "C" not null,
    id text collate "C" not null,
    name text,
    expires_at timestamptz not null,
    primary key (cohort, id)
)
    """,
)


def upgrade() -> None:
    """Add the columns, the index and the table; earlier keys have no name."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse, because the names of keys must not be lost."""
    raise NotImplementedError
