"""A log with awkward texts, for the tests of files of tables."""

import orjson
import pytest

from howcanwe import open_log
from service.replay.tables.log_tables import LogTables
from tests.service.replay.logs import chain, chained

FORMULA = "=cmd|'/c calc'!A0"


def _awkward(events: bytes) -> bytes:
    """Return the lines with a note that spreadsheets would take for a formula, and one that no workbook can hold."""
    contents = [orjson.loads(line) for line in events.splitlines()]
    note = next(one for one in contents if one["type"] == "org.howcanwe.note.added.v1")
    sent = [
        {
            key: value
            for key, value in one.items()
            if key not in ("position", "previoushash", "salt")
        }
        for one in contents
    ]
    for number, words in enumerate((FORMULA, "a\x0bb", "Grüße! “How can we…?”\nsecond line")):
        data = {**note["data"], "text": words}
        sent.append({**note, "id": f"awkward-{number}", "data": data})
    return chain(sent)


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> LogTables:
    """The tables of a generated log with awkward texts."""
    path = tmp_path_factory.mktemp("log") / "log.ndjson"
    path.write_bytes(_awkward(chained(cohorts=1, scale=1.0)))
    with open_log(path) as log:
        return log.tables()
