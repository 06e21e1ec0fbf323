"""The state of a fold at a position, in an SQLite file: the rows, and the subjects that events have created."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

import orjson
from sqlalchemy import Date, DateTime

from events.state.subjects import State, from_json, to_json
from events.vocabulary.stream import Stream
from projections.folding.projection import Projection
from projections.folding.tables import Key, Row
from service.replay.errors import ReplayError
from service.replay.origin import LogMark

VERSION: Final = "2"
"""The version of what is in the file."""

_TABLES: Final = (
    "create table about (name text primary key, value text not null) without rowid",
    "create table rows (name text, key blob, row blob not null, primary key (name, key))",
    "create table subjects (stream text primary key, state blob not null) without rowid",
)
_VERSION: Final = "howcanwe state of a fold"
_HASH: Final = "content"

_CONTENT: Final = (
    f"select name, value from about where name <> '{_HASH}' order by name",
    "select name, key, row from rows order by name, key",
    "select stream, state from subjects order by stream",
)
"""What the hash is of."""


class FoldState:
    """A state that is read and changed. Changes hold after `commit`; until it is closed, no other process has it.

    Methods raise ReplayError if the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._sentences():
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.execute("begin immediate")
            tables = self._connection.execute("select name from sqlite_master").fetchall()
            if not tables:
                for statement in _TABLES:
                    self._connection.execute(statement)
            elif ("about",) not in tables:
                raise ReplayError(f"{path} is not the state of a fold; name another file")
            self._about = dict(self._connection.execute("select name, value from about"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was kept in the file yet."""
        return not self._about

    @property
    def code(self) -> str | None:
        """The fingerprint of the code that made it; None for a file of another version."""
        return self._about.get("code") if self._about.get(_VERSION) == VERSION else None

    @property
    def is_as_written(self) -> bool:
        """Whether the file has the content that was written."""
        with self._sentences():
            return self._about.get(_HASH) == self._hash()

    @property
    def viewer(self) -> str:
        """The viewer whose events were folded, empty if unknown."""
        return str(self._about.get("viewer", ""))

    @property
    def last(self) -> LogMark | None:
        """The last event that was folded."""
        position = int(self._about.get("position", 0))
        return LogMark(position, self._about["hash"]) if position else None

    @property
    def events(self) -> int:
        """How many events were folded."""
        return int(self._about.get("events", 0))

    def subject(self, stream: Stream) -> State | None:
        """Return a subject as it was created, None if it is unknown."""
        with self._sentences():
            row = self._connection.execute(
                "select state from subjects where stream = ?", (stream,)
            ).fetchone()
        return None if row is None else from_json(stream, orjson.loads(row[0]))

    def row(self, projection: Projection, key: Key) -> Row | None:
        """Return the row with a key, None if there is none."""
        with self._sentences():
            found = self._connection.execute(
                "select row from rows where name = ? and key = ?", (projection.name, _text(key))
            ).fetchone()
        return None if found is None else _read(projection, found[0])

    def rows(self, projection: Projection) -> list[Row]:
        """Return all rows of a projection, in the order of their keys."""
        with self._sentences():
            found = self._connection.execute(
                "select row from rows where name = ?", (projection.name,)
            )
            rows = [_read(projection, text) for (text,) in found]
        names = projection.table.primary_key.columns.keys()
        return sorted(rows, key=lambda row: tuple(row[name] for name in names))

    def clear(self) -> None:
        """Remove everything."""
        with self._sentences():
            for table in ("about", "rows", "subjects"):
                self._connection.execute(f"delete from {table}")

    def change(self, projection: Projection, changed: Iterable[tuple[Key, Row | None]]) -> None:
        """Write the rows with these keys; remove those that are None. A value must have a form in JSON."""
        with self._sentences():
            for key, row in changed:
                if row is None:
                    self._connection.execute(
                        "delete from rows where name = ? and key = ?",
                        (projection.name, _text(key)),
                    )
                else:
                    self._connection.execute(
                        "insert or replace into rows values (?, ?, ?)",
                        (
                            projection.name,
                            _text(key),
                            orjson.dumps({str(name): value for name, value in row.items()}),
                        ),
                    )

    def commit(
        self,
        code: str,
        viewer: str,
        events: int,
        last: LogMark | None,
        subjects: Mapping[Stream, State],
    ) -> None:
        """Keep what was changed, with the code that did so, the events so far and the new subjects; it is on disk."""
        about = {_VERSION: VERSION, "code": code, "viewer": viewer, "events": str(events)}
        if last is not None:
            about |= {"position": str(last.position), "hash": last.hash}
        with self._sentences():
            self._connection.executemany(
                "insert or replace into about values (?, ?)", about.items()
            )
            self._connection.executemany(
                "insert or replace into subjects values (?, ?)",
                ((stream, orjson.dumps(to_json(state))) for stream, state in subjects.items()),
            )
            self._connection.execute(
                "insert or replace into about values (?, ?)", (_HASH, self._hash())
            )
            self._connection.execute("commit")

    def _hash(self) -> str:
        """Return the hash of what the file has now."""
        digest = sha256()
        for query in _CONTENT:
            for values in self._connection.execute(query):
                for value in values:
                    text = value.encode() if isinstance(value, str) else value
                    digest.update(b"%d:%b" % (len(text), text))
        return digest.hexdigest()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, TypeError, orjson.JSONDecodeError) as error:
            raise ReplayError(
                f"{self._path} cannot be used as the state of a fold: {error}"
            ) from None


def _text(key: Key) -> bytes:
    return orjson.dumps(key)


def _read(projection: Projection, text: bytes) -> Row:
    row: dict[str, Any] = orjson.loads(text)
    for column in projection.table.columns:
        read = next((read for kind, read in _READ if isinstance(column.type, kind)), None)
        if read is not None and row.get(column.name) is not None:
            row[column.name] = read(row[column.name])
    return row


_READ: Final = ((DateTime, datetime.fromisoformat), (Date, date.fromisoformat))
