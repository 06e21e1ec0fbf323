"""A command that is forked is a process like one that is started alone."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import forks
from tests.processes import environment, run

CALLS = [
    ["--version"],
    ["keys", "--help"],
    ["no-such-command"],
    ["verify", "no-such-file"],
    ["generate", "--cohorts", "1", "--seed", "3"],
    ["record", "-", "--database-url", "postgresql://nobody@127.0.0.1:1/none"],
]


@pytest.mark.skipif(not forks.POSSIBLE, reason="commands are started alone here")
@pytest.mark.parametrize("call", CALLS)
def test_it_writes_the_same_and_ends_with_the_same_code(call: list[str]) -> None:
    forked, alone = run(*call, stdin=b"x"), run(*call, stdin=b"x", alone=True)
    assert (forked.returncode, forked.stdout, forked.stderr) == (
        alone.returncode,
        alone.stdout,
        alone.stderr,
    )


def test_it_has_settings_a_folder_and_inputs_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "events.ndjson").write_text("{\n")
    given = environment(HOWCANWE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    code, out, err = forks.forked(["verify", "events.ndjson"], b"", given, tmp_path, 60)
    assert (code, out) == (1, b"")
    assert b"its text is not an event" in err


def test_several_run_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda seed: run("generate", "--seed", str(seed)), range(4)))
    assert [one.returncode for one in done] == [0] * 4
    assert len({one.stdout for one in done}) == 4


def test_one_that_takes_too_long_is_ended() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        forks.forked(["generate", "--cohorts", "100000"], b"", environment(), Path("/"), 0.2)
