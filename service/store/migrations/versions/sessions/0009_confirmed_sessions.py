"""Sessions of those who signed in at an OpenID provider, which have no key.

Revision 0009 of the service's own tables.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
alter table sessions
    alter column key_id drop not null,
    alter column secret_hash drop not null,
    -- whose session it is: made of the issuer and the subject
    add column principal_id text collate "C",
    add column subject text collate "C",
    -- as the provider confirmed them last, only those that the grant is read from
    add column claims json,
    -- sealed; null if the provider cannot be asked again
    add column refresh_token bytea,
    -- when the provider is to be asked again
    add column ask_at timestamptz,
    add constraint sessions_have_one_holder check (
        (key_id is null) = (secret_hash is null)
        and (key_id is null) = (principal_id is not null)
        and (principal_id is null) = (subject is null)
        and (principal_id is null) = (claims is null)
        and (refresh_token is null) = (ask_at is null)
        and (key_id is null or refresh_token is null)
    )
    """,
    "create index sessions_by_principal on sessions (principal_id) where principal_id is not null",
)


def upgrade() -> None:
    """Add the columns."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse, because those who are signed in must not be signed out."""
    raise NotImplementedError
