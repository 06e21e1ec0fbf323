"""Subjects of several kinds in one statement: the same rows as each kind alone."""

from sqlalchemy import select

from events.access.principal import RECORD
from events.log import EventLog
from projections.models import SUBJECTS
from projections.queries.lists import Visible
from projections.queries.row_ids import KeyNaming
from projections.queries.subjects import RowsOfKinds, Wanted
from projections.updating.runner import Runner
from service.samples.generator import generate


async def test_rows_of_every_kind_come_as_from_their_own_table(log: EventLog) -> None:
    await log.append(list(generate(cohorts=1, seed=1, positions=False)))
    async with Runner(log) as runner:
        await runner.catch_up()
        alone = {
            kind: [row._asdict() for row in await runner.read_models.rows(select(table))]
            for kind, table in SUBJECTS.items()
        }
        assert all(alone[kind] for kind in ("cohort", "pairing", "question", "iteration", "person"))
        gathering = RowsOfKinds(
            {
                kind: Wanted(
                    Visible(table),
                    KeyNaming(),
                    [row["key"] for row in alone[kind]],
                    table.columns.keys(),
                )
                for kind, table in SUBJECTS.items()
            }
        )
        answer = await runner.read_models.seen(RECORD, gathering.statement)
        together = gathering.read(answer)
    for kind, rows in alone.items():
        found = [row for one, row in together if one == kind]
        assert sorted(found, key=lambda row: row["key"]) == sorted(rows, key=lambda row: row["key"])
