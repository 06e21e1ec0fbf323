"""A log for the commands that read one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.operations.messages import set_up
from service.samples import demo


@pytest.fixture
def demo_place(database_url: str, tmp_path: Path) -> Iterator[list[str]]:
    """The options for a database with the demo's log."""
    place = ["--database-url", database_url, "--data", str(tmp_path / "data")]
    lines = tmp_path / "demo.ndjson"
    lines.write_bytes(b"\n".join(demo.lines()))
    recorded = CliRunner().invoke(app, ["record", str(lines), *place])
    assert recorded.exit_code == 0, recorded.output
    yield place
    set_up("text")
