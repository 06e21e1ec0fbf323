"""What a command loads when it starts."""

import subprocess
import sys
from pathlib import Path

from tests.processes import environment
from tests.service.replay.logs import chained

PROGRAM = """
import sys
from service.cli import app
app(sys.argv[1:], standalone_mode=False)
print(*sys.modules)
"""


def test_the_export_of_a_file_loads_no_driver_of_databases_no_client_and_no_pandas(
    tmp_path: Path,
) -> None:
    log, out = tmp_path / "log.ndjson", tmp_path / "log.parquet"
    log.write_bytes(chained(cohorts=1, scale=0.5))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "replay", log, "--out", out],
        env=environment(),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    loaded = set(done.stdout.split())
    assert "pyarrow" in loaded
    assert loaded.isdisjoint({"asyncpg", "sqlalchemy", "httpx", "pandas", "psutil", "strawberry"})
