"""What the log is compared with: the recorder of the PyPI package `eventsourcing`, as its documentation uses it."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import orjson
from eventsourcing.persistence import (
    ApplicationRecorder,
    InfrastructureFactory,
    StoredEvent,
    Tracking,
)
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from psycopg.sql import SQL, Identifier

from tests.benchmarks.load.load import Load

AGGREGATES_PER_THREAD = 25


class Eventsourcing:
    """Its application recorder on PostgreSQL with default settings; each call stores as an application's save does."""

    def __init__(self, recorder: ApplicationRecorder, counters: "Counters") -> None:
        self._recorder = recorder
        self._counters = counters

    def store(self, *, threads: int, events: int, seconds: float) -> float:
        """Store for so long, `events` at a time from each thread; return events stored per second."""
        before = self._stored()
        until = time.perf_counter() + seconds
        stored = [0] * threads

        def work(number: int) -> None:
            load = Load(f"peer{number}")
            load.foundation()
            originators = itertools.cycle([uuid4() for _ in range(AGGREGATES_PER_THREAD)])
            versions = dict.fromkeys(range(AGGREGATES_PER_THREAD), 0)
            for turn in itertools.count():
                if time.perf_counter() >= until:
                    return
                index = turn % AGGREGATES_PER_THREAD
                originator = next(originators)
                self._recorder.insert_events(
                    [
                        StoredEvent(
                            originator, versions[index] + n, "howcanwe:Event", orjson.dumps(event)
                        )
                        for n, event in enumerate(load.batch(events), 1)
                    ]
                )
                versions[index] += events
                stored[number] += events

        workers = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
        begin = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        taken = time.perf_counter() - begin
        assert sum(stored) == self._stored() - before
        return sum(stored) / taken

    def project(self, events: int) -> float:
        """Count so many events, each in a transaction as its projections do; return events per second."""
        begin = time.perf_counter()
        with self._recorder.subscribe(gt=0) as subscription:
            for done, notification in enumerate(subscription, 1):
                self._counters.count(Tracking("howcanwe", notification.id), notification.topic)
                if done == events:
                    break
        return events / (time.perf_counter() - begin)

    def _stored(self) -> int:
        return self._recorder.max_notification_id() or 0


class Counters(PostgresTrackingRecorder):
    """A read model of one row per type of event, changed together with the tracking of what was taken in."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        self.sql_create_statements.append(
            SQL("create table if not exists {}.counters (topic text primary key, n bigint)").format(
                Identifier(self.datastore.schema)
            )
        )

    def count(self, tracking: Tracking, topic: str) -> None:
        """Count one event."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "insert into counters values (%s, 1)"
                " on conflict (topic) do update set n = counters.n + 1",
                (topic,),
                prepare=True,
            )


@contextmanager
def eventsourcing(url: str) -> Iterator[Eventsourcing]:
    """Give the peer in the database at `url`; nothing is set but where that is."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    factory: InfrastructureFactory[Counters] = InfrastructureFactory.construct(
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": parts.path.removeprefix("/"),
            "POSTGRES_HOST": query["host"][0],
            "POSTGRES_PORT": query["port"][0],
            "POSTGRES_USER": parts.username or "",
            "POSTGRES_PASSWORD": "not asked for",
        }
    )
    try:
        yield Eventsourcing(factory.application_recorder(), factory.tracking_recorder(Counters))
    finally:
        factory.close()
