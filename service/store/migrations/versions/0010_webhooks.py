"""Webhooks: where events are delivered, under which key, and how far.

Revision 0010 of the service's own tables. A change of what a webhook delivers raises its `generation`; the process
that delivers is notified of that, of new webhooks and of removed ones. Progress does not notify.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
create table webhooks (
    id text collate "C" primary key,
    key_id text collate "C" not null,
    -- the address and the secrets, encrypted with a key derived from the master key
    sealed bytea not null,
    format text not null,
    types text[] not null,
    streams text[] not null,
    cohorts text[] not null,
    created_at timestamptz not null default now(),
    generation bigint not null default 1,
    -- everything up to here was delivered, or left out
    position bigint not null,
    failures integer not null default 0,
    failing_since timestamptz,
    next_attempt_at timestamptz,
    parked_at timestamptz,
    last_attempt_at timestamptz,
    last_status integer,
    last_trouble text
)
    """,
    "create index webhooks_by_key on webhooks (key_id, created_at)",
    """
create function notify_of_webhook() returns trigger language plpgsql as $$
begin
    perform pg_notify('howcanwe_webhooks', coalesce(new.id, old.id));
    return null;
end
$$
    """,
    """
create trigger notify_of_webhook after insert or delete or update of generation on webhooks
    for each row execute function notify_of_webhook()
    """,
)


def upgrade() -> None:
    """Create the table, and the trigger that notifies of changes."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse, because receivers rely on their webhooks."""
    raise NotImplementedError
