"""The options that name the source of a command: the same for all commands that read a log."""

from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner, Result

from service.cli import LazyCommands, app

COMMANDS: Final = {
    "replay": (),
    "tables": ("--out", "tables.duckdb"),
    "sql": ("select 1",),
    "insights": (),
    "report": (),
}
"""The commands, each with what it needs beside a source."""
FOR_A_VIEWER: Final = ("tables", "sql", "insights", "report")
SHARED: Final = ("key", "viewer", "as_of", "data", "database_url")
SERVER: Final = "http://127.0.0.1:9"
KEY: Final = ("--key", "hcw_0123456789abcdef_0")


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(command: str, *options: str) -> Result:
    return CliRunner().invoke(app, [command, *COMMANDS[command], *options])


def declared(command: str) -> dict[str, Any]:
    """Return the arguments and options of a command by their names."""
    return {one.name: one for one in LazyCommands()[command].params}


def described(option: Any) -> tuple[Any, ...]:
    return (tuple(option.opts), option.help, option.default, option.metavar)


@pytest.mark.parametrize("name", SHARED)
def test_an_option_of_the_source_is_the_same_in_every_command(name: str) -> None:
    options = [found[name] for found in map(declared, COMMANDS) if name in found]
    assert len(options) >= len(FOR_A_VIEWER)
    assert len(set(map(described, options))) == 1


def test_the_source_is_described_in_the_same_words() -> None:
    """What `tables` has written is a source of `sql` alone."""
    [about] = {declared(command)["source"].help for command in COMMANDS if command != "sql"}
    assert "an exported file" in about


@pytest.mark.parametrize("command", FOR_A_VIEWER)
@pytest.mark.parametrize(
    "viewer", ["pope", "organisation", "organisation:a,b", "facilitator:", "analyst:c", "guest"]
)
def test_an_unknown_viewer_is_wrong_usage(command: str, viewer: str) -> None:
    refused = run(command, "--viewer", viewer)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f"--viewer {viewer}: expected facilitator, facilitator:COHORT,…" in refused.stderr


@pytest.mark.parametrize("command", FOR_A_VIEWER)
def test_a_server_is_not_told_the_viewer(command: str) -> None:
    refused = run(command, SERVER, "--viewer", "public")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "on a server, the key is the viewer" in refused.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_key_is_for_a_server(command: str, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    for place in (data, (str(tmp_path / "log.ndjson"), *data)):
        refused = run(command, *place, *KEY)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "--key is for a server" in refused.stderr


def test_folding_takes_a_key_for_a_server_alone(tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "out"))
    refused = run("replay", str(tmp_path / "log.ndjson"), "--fold", "journeys", *out, *KEY)
    assert refused.exit_code == 2
    assert "--key is for a server" in refused.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_source_that_does_not_exist_is_refused(command: str, tmp_path: Path) -> None:
    missing = tmp_path / "missing.ndjson"
    refused = run(command, str(missing), "--data", str(tmp_path / "data"))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert str(missing) in refused.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_without_a_record_is_refused(command: str, tmp_path: Path) -> None:
    refused = run(command, "--data", str(tmp_path / "data"))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert f"{tmp_path / 'data'}" in refused.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_without_a_manifest_is_read_with_a_warning(command: str, tmp_path: Path) -> None:
    source = tmp_path / "log.ndjson.gz"
    source.write_bytes(b"")
    done = run(command, str(source), "--data", str(tmp_path / "data"))
    assert f"{source} has no manifest, so it is unknown" in done.stderr
