"""Which tests run: the quick ones always, all but the longest in continuous integration, the longest when asked for."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
SECONDS_MAX: Final = 60

MARKED: Final = {
    "tests/faults/test_it.py": "kill",
    "tests/service/commands/test_it.py": "command",
    "tests/service/frontends/test_it.py": "frontend",
    "tests/service/operations/test_it.py": "operation",
    "tests/service/postgres/test_it.py": "cluster",
    "tests/service/privacy/test_it.py": "privacy",
    "tests/service/releases/test_it.py": "release",
    "tests/service/replay/test_it.py": "replay",
    "tests/service/replicas/test_it.py": "replica",
    "tests/service/secrets/test_it.py": "master_key",
    "tests/docs/test_it.py": "page",
    "tests/browser/test_it.py": "browser",
}
ALL: Final = {"fast", *MARKED.values()}
TESTS: Final = (
    "import pytest\n\ndef test_{0}(): pass\n\n@pytest.mark.long\ndef test_long_{0}(): pass\n"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with our settings: a test and a long one in each folder with a mark, and in one without."""
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    for path, name in {"tests/events/test_it.py": "fast", **MARKED}.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True)
        file.write_text(TESTS.format(name))
        for folder in Path(path).parents[:-1]:
            (tmp_path / folder / "__init__.py").touch()
    return tmp_path


@pytest.mark.command
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], {"fast"}),
        (["--numprocesses=1"], {"fast"}),
        (["tests"], {"fast"}),
        (["--all"], ALL),
        (["--all", "--numprocesses=1"], ALL),
        (["--long"], ALL | {f"long_{name}" for name in ALL}),
        (["tests/service/replicas"], {"replica"}),
        (["tests/faults/test_it.py", "tests/events"], {"kill", "fast"}),
        (["--all", "-m", "not replica"], ALL - {"replica"}),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_what_a_command_runs(project: Path, arguments: list[str], expected: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(re.findall(r"^PASSED \S+::test_(\w+)", done.stdout, re.MULTILINE)) == expected


def test_continuous_integration_runs_all_but_the_longest() -> None:
    assert 'exec scripts/test --all "$@"' in (ROOT / ".ci" / "run").read_text()
