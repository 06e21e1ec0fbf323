"""The bench: a database server of its own, how long to measure, and what was counted."""

import itertools
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tests.benchmarks.tally import Tally


@dataclass(slots=True)
class Bench:
    """What each benchmark is given. Measurements are made in turns (ours, the other's, ours, …), `rounds` of each."""

    url: str
    quick: bool
    folded: int | None = None
    tally: Tally = field(default_factory=Tally)
    _names: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def rounds(self) -> int:
        """How often each side of a comparison is measured."""
        return 3 if self.quick else 7

    @property
    def seconds(self) -> float:
        """How long one measurement takes."""
        return 1.5 if self.quick else 4.0

    @property
    def snapshot_seconds(self) -> float:
        """How long another session holds a snapshot open."""
        return 10 if self.quick else 60

    @property
    def replayed_events(self) -> int:
        """How many events a replay reads."""
        return 100_000 if self.quick else 1_000_000

    @property
    def cohorts(self) -> int:
        """How many generated cohorts are asked about."""
        return 20 if self.quick else 1_000

    @property
    def exported_cohorts(self) -> int:
        """How many generated cohorts an analyst exports."""
        return 200 if self.quick else 1_000

    @property
    def pages(self) -> int:
        """How many long answers are asked for while the service's memory is watched."""
        return 2_000 if self.quick else 10_000

    @property
    def projected_events(self) -> int:
        """How many events a rebuild of the read models takes in."""
        return 30_000 if self.quick else 1_000_000

    @property
    def folded_events(self) -> int:
        """How many events are folded by each engine."""
        return self.folded or (20_000 if self.quick else 1_000_000)

    @property
    def tabled_events(self) -> int:
        """How many events become tables."""
        return 20_000 if self.quick else 300_000

    async def database(self) -> str:
        """Make an empty database on the bench's server and return its URL."""
        name = f"bench_{next(self._names)}"
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(f"create database {name}")
        finally:
            await connection.close()
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    async def postgres_version(self) -> str:
        """Return the server's version."""
        connection = await asyncpg.connect(self.url)
        try:
            return str(await connection.fetchval("show server_version"))
        finally:
            await connection.close()
