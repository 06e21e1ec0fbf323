"""What the tests run is measured in each process that they start, and printed by package."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

from tests.coverage import table

ROOT: Final = Path(__file__).parents[1]
SECONDS_MAX: Final = 60
PARENT: Final = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "import howcanwe.vocabulary"], check=True, cwd="/")
"""


def test_every_package_that_is_shipped_is_measured() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    shipped = tools["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert tools["coverage"]["run"]["source_dirs"] == shipped


def test_a_table_has_a_line_for_each_package_and_one_for_all() -> None:
    whole = {"num_statements": 8, "covered_lines": 8, "num_branches": 0, "covered_branches": 0}
    half = {"num_statements": 8, "covered_lines": 4, "num_branches": 4, "covered_branches": 1}
    files = {"events/rules/a.py": half, "events/b.py": whole, "events/rules/c.py": whole}
    report = {"files": {path: {"summary": summary} for path, summary in files.items()}}
    assert [line.split() for line in table(report)] == [
        ["package", "lines", "run", "branches", "run"],
        ["events", "8", "100.0%", "0", "-"],
        ["events/rules", "16", "75.0%", "4", "25.0%"],
        ["all", "24", "83.3%", "4", "25.0%"],
    ]


def test_what_a_process_of_a_test_runs_is_measured(tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(PARENT)
    # This process may be measured itself: its own settings are not those of the one below.
    own = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}

    def coverage(*arguments: str | Path) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "coverage", *arguments],
            cwd=ROOT,
            env={**own, "COVERAGE_FILE": str(tmp_path / "measured")},
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stderr == ""
        return done.stdout

    coverage("run", tmp_path / "parent.py")
    coverage("combine", "--quiet")
    lines = coverage("report", "--include=howcanwe/vocabulary.py,service/app.py").splitlines()
    shares = {line.split()[0]: line.split()[-1] for line in lines if ".py" in line}
    assert shares == {"howcanwe/vocabulary.py": "100%", "service/app.py": "0%"}
