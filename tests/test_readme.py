"""The README is true: its tables are those of the code, and its examples do what it says."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from service.graphql.schema import Schema
from service.postgres import EmbeddedPostgres
from tests.readme import README, SECTIONS, refreshed, section

PROMISED = "http://127.0.0.1:8000"
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Example:
    """A fenced block of the README, and the JSON that the README shows after it."""

    language: str
    text: str
    answer: str | None


def examples() -> list[Example]:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    following = [*blocks[1:], ("", "")]
    return [
        Example(language, text, after[1] if after[0] == "json" else None)
        for (language, text), after in zip(blocks, following, strict=True)
        if language != "json"
    ]


@pytest.mark.parametrize("name", SECTIONS)
def test_the_tables_are_those_of_the_code(name: str) -> None:
    text = README.read_text()
    assert section(name, text) == section(name, refreshed(text)), (
        "python -m tests.readme writes them again"
    )


@dataclass(frozen=True)
class Running:
    """The demo as the README has it running."""

    data: Path
    address: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`scripts/serve --demo`, on a port of its own."""
    data = tmp_path_factory.mktemp("readme") / "data"
    command = [
        sys.executable,
        "-m",
        "service.cli",
        "serve",
        "--demo",
        "--port",
        "0",
        "--data",
        str(data),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None and process.stderr is not None
            said = process.stderr.readline()
            match = re.search(r"http://127\.0\.0\.1:\d+", said)
            assert match is not None, said + process.stderr.read()
            while "3. Replay" not in process.stdout.readline():
                assert process.poll() is None
            yield Running(data, match.group())
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE_SECONDS)


def matches(shown: Any, given: Any) -> bool:
    """Say whether an answer is the one shown, where … stands for anything."""
    if shown == "…":
        return True
    if isinstance(shown, dict) and isinstance(given, dict):
        return shown.keys() == given.keys() and all(
            matches(shown[name], given[name]) for name in shown
        )
    if isinstance(shown, list) and isinstance(given, list):
        return len(shown) == len(given) and all(map(matches, shown, given))
    return bool(shown == given)


def test_every_example_works_as_printed(demo: Running, tmp_path: Path) -> None:
    howcanwe = f"{sys.executable} -m service.cli"
    environment = {**os.environ, "HOWCANWE_DATA": str(demo.data), "PYTHONPATH": str(README.parent)}
    made = subprocess.run(
        [*howcanwe.split(), "keys", "create", "--role", "facilitator", "--cohort", "*"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    environment["KEY"] = made.stdout.strip()
    ran = 0
    for example in examples():
        if "scripts/" in example.text:
            continue
        text = example.text.replace(PROMISED, demo.address).replace(".venv/bin/howcanwe", howcanwe)
        if example.language == "graphql":
            Schema().documents.document(example.text)
            ran += 1
            continue
        if example.language == "python":
            with EmbeddedPostgres(demo.data) as server:
                command = [sys.executable, "-c", f"database_url = {server.url!r}\n{text}"]
                done = subprocess.run(
                    command, env=environment, cwd=tmp_path, capture_output=True, text=True
                )
        else:
            command = ["bash", "-euo", "pipefail", "-c", text]
            done = subprocess.run(
                command, env=environment, cwd=tmp_path, capture_output=True, text=True
            )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        assert '"errors"' not in done.stdout or example.answer, f"{text}\n{done.stdout}"
        if example.answer is not None:
            given = json.loads(done.stdout)
            if "data" in given:
                # What a query costs stands beside every answer, and is not what the README shows.
                given.pop("extensions", None)
            assert matches(json.loads(example.answer), given), f"{text}\n{done.stdout}"
        ran += 1
    assert ran >= 8
