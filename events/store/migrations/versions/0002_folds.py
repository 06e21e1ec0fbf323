"""The fingerprint of the folds that made the subjects' states, and a check that only these write them.

There is no row until a release that stores its fingerprint has recorded. Until then any release may write states.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
create table folds (
    single boolean primary key default true check (single),
    fingerprint text collate "C" not null
)
    """,
    """
create function refuse_other_folds() returns trigger language plpgsql as $$
begin
    if exists (select from folds where fingerprint is distinct from current_setting('howcanwe.folds', true)) then
        raise exception 'another release has taken over the recording: its states are folded otherwise'
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    return null;
end $$
    """,
    """
create trigger same_folds before insert or update or delete on subjects
    for each statement execute function refuse_other_folds()
    """,
)


def upgrade() -> None:
    """Add the note, and what holds writers to it."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: recorded events are never removed."""
    raise NotImplementedError("a migration of the log is never undone")
