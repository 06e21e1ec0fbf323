-- The entries of timelines as PostGraphile serves them: each view shows what the client's settings permit.
create schema peer;
create function peer.held(name text) returns text[] stable language sql as $$ select current_setting('viewer.' || name)::text[] $$;
create view peer.subjects as select stream from {schema}.subjects where audience && (select peer.held('tokens'));
create view peer.organisations as select key, name from {schema}.organisations where audience && (select peer.held('tokens'));
create view peer.events as select e.position, e.event->'data' as data from events e
join {schema}.entries own on own.position = e.position join {schema}.entries j on j.position = own.judged
where not exists (
    select from unnest(j.names) name
    left join {schema}.subjects n on n.stream = name and n.position <= j.position
    left join lateral (
        select f.audience from {schema}.former_subjects f
        where n.stream is null and f.stream = name and f.position <= j.position and f.ended > j.position
    ) former on true
    where not coalesce(coalesce(n.audience, former.audience) && (select peer.held('tokens')), false)
);
create view peer.timeline as
    select t.stream, t.occurred_at, t.position, own.time, upper(replace(t.type, '.', '_')) as type, own.subject, own.organisation
    from {schema}.timeline t
    join {schema}.entries own on own.position = t.position
    join {schema}.entries j on j.position = own.judged
    left join {schema}.subjects s on s.stream = j.subject and s.position <= j.position
    left join lateral (
        select f.audience, f.below from {schema}.former_subjects f
        where s.stream is null and f.stream = j.subject and f.position <= j.position and f.ended > j.position
    ) former on true
    where case
        when j.creates then coalesce(s.audience, former.audience) && (select peer.held('tokens'))
        when 'organisation:' || j.organisation = any((select peer.held('tokens'))::text[]) then true
        when j.audience is not null then j.audience && (select peer.held('tokens'))
        else coalesce(s.below, former.below) && (select peer.held(coalesce(j.level, 'tokens')))
    end;
comment on view peer.subjects is '@primaryKey stream';
comment on view peer.organisations is '@primaryKey key';
comment on view peer.events is '@primaryKey position';
comment on view peer.timeline is E'@primaryKey stream,position\n@foreignKey (subject) references peer.subjects (stream)\n@foreignKey (organisation) references peer.organisations (key)\n@foreignKey (position) references peer.events (position)';
