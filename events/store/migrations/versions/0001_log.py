"""The log, its streams, the subjects' states and the person keys.

Revision 0001 of the log's schema. Later revisions only add.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
create table events (
    position bigint primary key,
    source text collate "C" not null,
    id text collate "C" not null,
    type text collate "C" not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    sender text collate "C" not null,
    -- {stream: version}, the event's first subject first; json keeps the order
    streams json not null,
    -- json, not jsonb: the text is kept to the byte
    event json not null,
    unique (source, id)
)
    """,
    """
create table stream_events (
    stream text collate "C" not null,
    version bigint not null,
    position bigint not null,
    primary key (stream, version)
)
    """,
    """
create table subjects (
    stream text collate "C" primary key,
    state jsonb not null
)
    """,
    """
create table person_keys (
    person text collate "C" primary key,
    wrapped bytea not null
)
    """,
    """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the log is append-only: % on % is refused', tg_op, tg_table_name
        using errcode = 'restrict_violation';
end $$
    """,
    """
create trigger append_only before update or delete or truncate on events
    for each statement execute function refuse_change()
    """,
    """
create trigger append_only before update or delete or truncate on stream_events
    for each statement execute function refuse_change()
    """,
    # Any number will do that no other use of advisory locks in this database has.
    """
create function lock_log() returns void language sql as $$
    select pg_advisory_xact_lock(4611686018427387847);
$$
    """,
    """
-- Lists of texts come as lines of one text: a driver takes longer over an array than PostgreSQL over splitting it.
create function append_events(
    head bigint, recorded timestamptz,
    sources text, ids text, types text, occurred timestamptz[], senders text, event_streams text, texts text,
    changed text, states text,
    new_persons text[], new_keys bytea[], gone_persons text[]
) returns text language plpgsql as $$
declare
    lf constant text := chr(10);
    all_ids constant text[] := string_to_array(ids, lf);
    all_sources constant text[] := string_to_array(sources, lf);
    all_streams constant text[] := string_to_array(event_streams, lf);
    all_changed constant text[] := string_to_array(changed, lf);
    all_states constant text[] := string_to_array(states, lf, 'null');
begin
    perform lock_log();
    -- A statement of its own: it sees what was committed while we waited for the lock.
    if coalesce((select e.position from events e order by e.position desc limit 1), 0) <> head then
        return 'moved';
    end if;
    if exists (
        select from unnest(all_sources, all_ids) u(source, id)
        where (select true from events e where e.source = u.source and e.id = u.id)
    ) then
        return 'repeated';
    end if;
    insert into events
        select head + u.n, u.source, u.id, u.type, u.occurred, recorded, u.sender, u.streams::json, u.text::json
        from unnest(all_sources, all_ids, string_to_array(types, lf), occurred, string_to_array(senders, lf),
            all_streams, string_to_array(texts, lf)) with ordinality
            u(source, id, type, occurred, sender, streams, text, n);
    insert into stream_events
        select s.key, s.value::bigint, head + u.n
        from unnest(all_streams) with ordinality u(streams, n), json_each_text(u.streams::json) s;
    if cardinality(all_changed) > 0 then
        insert into subjects select u.stream, u.state::jsonb from unnest(all_changed, all_states) u(stream, state)
            where u.state is not null
            on conflict (stream) do update set state = excluded.state;
        delete from subjects s using unnest(all_changed, all_states) u(stream, state)
            where u.state is null and s.stream = u.stream;
    end if;
    if cardinality(new_persons) > 0 then
        insert into person_keys select * from unnest(new_persons, new_keys)
            on conflict (person) do update set wrapped = excluded.wrapped;
    end if;
    if cardinality(gone_persons) > 0 then
        delete from person_keys where person = any(gone_persons);
    end if;
    perform pg_notify('howcanwe_log', (head + cardinality(all_ids))::text);
    return 'recorded';
end $$
    """,
)


def upgrade() -> None:
    """Create the log."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: recorded events are never removed."""
    raise NotImplementedError("a migration of the log is never undone")
