"""Projections and places for rows that the tests of folds by processes share. Each process imports them from here."""

import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import MetaData, Table

from projections.folding.decorators import enters, on
from projections.folding.projection import Projection
from projections.folding.step import Step
from projections.folding.tables import Key, Row, integer, position, text
from projections.in_memory.rows import Tables
from service.replay.cluster.parquet_rows import ParquetRows


@dataclass(frozen=True)
class HeldLines:
    """The lines of a log in memory."""

    text: bytes

    def __iter__(self) -> Iterator[bytes]:
        yield from self.text.splitlines()

    def close(self) -> None:
        """Do nothing."""


class LearningsByMonth(Projection):
    """How many learnings were captured and adopted in each month and cohort: rows that no part has alone."""

    table = Table(
        "learnings_by_month",
        MetaData(),
        text("month", primary_key=True),
        text("cohort", primary_key=True),
        integer("learnings"),
        integer("adopted"),
    )

    def keys(self, step: Step) -> Sequence[Key]:
        return ((f"{step.occurred_at:%Y-%m}", step.cohort or ""),)

    @on("learning.captured")
    def captured(self, row: Row | None, step: Step) -> Row:
        return self._with(row, step, "learnings")

    @on("learning.adopted")
    def adopted(self, row: Row | None, step: Step) -> Row:
        return self._with(row, step, "adopted")

    def _with(self, row: Row | None, step: Step, column: str) -> Row:
        [(month, cohort)] = self.keys(step)
        row = row or {"month": month, "cohort": cohort, "learnings": 0, "adopted": 0}
        return {**row, column: row[column] + 1}


class EveryEvent(Projection):
    """Every event, and whether it is voided."""

    table = Table(
        "every_event", MetaData(), position("position", primary_key=True), text("type"), text("by")
    )
    keeps_voided = True

    def keys(self, step: Step) -> Sequence[Key]:
        return ((step.position,),)

    @enters("*")
    def entered(self, step: Step, key: Key) -> Row:
        return {"position": key[0], "type": step.type, "by": step.organisation}


class Killing(LearningsByMonth):
    """Ends the process that folds it, unless that is the test itself."""

    def __init__(self, test: int, number: signal.Signals) -> None:
        super().__init__()
        self._test = test
        self._number = number

    @on("learning.captured")
    def captured(self, row: Row | None, step: Step) -> Row:
        if os.getpid() != self._test:
            os.kill(os.getpid(), self._number)
        return super().captured(row, step)


class Failing(LearningsByMonth):
    """Cannot fold an event."""

    @on("learning.captured")
    def captured(self, row: Row | None, step: Step) -> Row:
        raise ValueError("this learning is one too many")


class Blocking(LearningsByMonth):
    """Leaves a file with the number of the process that folds it, which then waits until it is ended."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    @on("learning.captured")
    def captured(self, row: Row | None, step: Step) -> Row:
        (self._folder / str(os.getpid())).touch()
        signal.pause()
        raise AssertionError("it was not ended")


class KillingRows(ParquetRows):
    """A folder of read models: the process that writes the first part of its share is killed before it has."""

    def write(self, part: int, tables: Tables) -> None:
        if part == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        super().write(part, tables)
