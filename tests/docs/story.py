"""A page's examples run in order beside a service of their own, as a reader would do."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from service.graphql.schema import Schema
from service.postgres import EmbeddedPostgres
from tests.docs.page import ROOT, Example, Page
from tests.processes import command, environment

ADDRESS: Final = "http://127.0.0.1:8000"
PROGRAM: Final = ".venv/bin/howcanwe"
PATIENCE_SECONDS: Final = 120
LANGUAGES: Final = frozenset({"sh", "python", "graphql"})

_SERVING: Final = re.compile(r"http://127\.0\.0\.1:\d+")
_SCRIPTS: Final = re.compile(r"(scripts/\S+.*|#.*)?")


def is_of_scripts(text: str) -> bool:
    """Say whether a block only calls our scripts, which serve, test and measure: the tests have them running."""
    return all(_SCRIPTS.fullmatch(line) for line in text.splitlines())


def begins_empty(page: Page) -> bool:
    """Say whether a page starts a service without the sample cohort."""
    return any(
        example.text.startswith("scripts/serve") and "--demo" not in example.text
        for example in page.examples
    )


@dataclass
class Story:
    """A page's examples, each run once, in order, up to the one that is looked at."""

    page: Page
    address: str
    data: Path
    folder: Path
    outcomes: list[str | AssertionError] = field(default_factory=list)

    def check(self, n: int) -> None:
        """Fail where the n-th example does not do what the page says."""
        for example in self.page.examples[len(self.outcomes) : n + 1]:
            try:
                self.outcomes.append(self._run(example))
            except AssertionError as wrong:
                self.outcomes.append(wrong)
        outcome = self.outcomes[n]
        if isinstance(outcome, AssertionError):
            raise outcome
        example = self.page.examples[n]
        if example.language == "sh" and not is_of_scripts(example.text):
            example.check(outcome)

    def _run(self, example: Example) -> str:
        assert example.language in LANGUAGES, f"{self.page.name}:{example.line}"
        if example.language == "graphql":
            Schema().documents.document(example.text)
            return ""
        if is_of_scripts(example.text):
            for script in re.findall(r"^scripts/\w+", example.text, re.MULTILINE):
                assert (ROOT / script).exists(), script
            return ""
        text = example.text.replace(ADDRESS, self.address)
        if example.language == "python":
            with EmbeddedPostgres(self.data) as server:
                start = f"database_url = {server.url!r}\n"
                return self._output(sys.executable, "-c", start + text)
        return self._output("bash", "-euo", "pipefail", "-c", self._script(text))

    def _script(self, text: str) -> str:
        """Return a block as a script that goes on with the variables of the one before it."""
        kept = self.folder / ".variables"
        return f"set -a\n[ ! -e {kept} ] || . {kept}\n{text}\nexport -p > {kept}\n"

    def _output(self, *call: str) -> str:
        done = subprocess.run(
            call,
            cwd=self.folder,
            env=environment(HOWCANWE_DATA=str(self.data)),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, f"{call[-1]}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@contextmanager
def served(page: Page, folder: Path) -> Iterator[Story]:
    """A service for a page, in a new folder that looks like a checkout, with a key in `KEY`."""
    data, work = folder / "data", folder / "work"
    _look_like_a_checkout(work)
    demo = [] if begins_empty(page) else ["--demo"]
    call = command("serve", *demo, "--port", "0", "--data", data)
    with subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        try:
            assert process.stdout is not None and process.stderr is not None
            said = process.stderr.readline()
            match = _SERVING.search(said)
            assert match is not None, said + process.stderr.read()
            story = Story(page, match.group(), data, work)
            if demo:
                while "3. Replay" not in process.stdout.readline():
                    assert process.poll() is None
                key = f"KEY=$({PROGRAM} keys create --role facilitator --cohort '*')"
                story._output("bash", "-euc", story._script(key))
            yield story
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE_SECONDS)


def _look_like_a_checkout(folder: Path) -> None:
    """Make a folder with what the pages' commands name: the program, the pages and the data of the tests."""
    program = folder / PROGRAM
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m service.cli "$@"\n')
    program.chmod(0o755)
    for name in ("docs", "tests", "schema.graphql"):
        (folder / name).symlink_to(ROOT / name)
