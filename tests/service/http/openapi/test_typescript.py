"""TypeScript that is generated from the description compiles strictly, and finds events that are wrong."""

import re
import subprocess
from pathlib import Path
from typing import Final

import orjson
import pytest

from tests.docs.page import FOLDER, Page
from tests.service.http.openapi.described import document
from tests.service.packages import INSTALL_SECONDS_MAX, installed

PACKAGES: Final = (
    *("openapi-fetch@0.17", "openapi-typescript@7"),
    *("typescript@5", "@types/node@20"),
)
PAGE: Final = Page(FOLDER / "how-to" / "typescript.md")

COMPILER: Final = {
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "exactOptionalPropertyTypes": True,
    "target": "es2022",
    "module": "nodenext",
    "lib": ["es2023", "dom"],
    "types": ["node"],
}
HEAD: Final = "specversion: '1.0', id: 'a', source: 'urn:a', time: '2025-11-18T19:30:00Z'"
WRONG: Final = (
    "type: 'org.howcanwe.note.added.v1', data: { about: 'a', txt: 'a' }",
    "type: 'org.howcanwe.note.added.v1', data: { about: 'a', text: 'a', lnks: [] }",
    "type: 'org.howcanwe.note.added.v2', data: { about: 'a', text: 'a' }",
    "type: 'org.howcanwe.note.added.v1', visible: 'cohort', data: { about: 'a', text: 'a' }",
    "type: 'org.howcanwe.note.added.v1', visibility: 'all', data: { about: 'a', text: 'a' }",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages and the generated types."""
    tools = installed("typescript", *PACKAGES) / "node_modules"
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "node_modules").symlink_to(tools)
    (folder / "package.json").write_text('{"type": "module"}')
    described = folder / "openapi.json"
    described.write_bytes(orjson.dumps(document()))
    subprocess.run(
        [tools / ".bin" / "openapi-typescript", described, "-o", folder / "howcanwe.d.ts"],
        check=True,
        capture_output=True,
        timeout=INSTALL_SECONDS_MAX,
    )
    return folder


def compiled(folder: Path, program: str) -> str:
    """Compile a program, and return what the compiler finds."""
    (folder / "program.ts").write_text(program)
    options = {"compilerOptions": COMPILER, "files": ["program.ts"]}
    (folder / "tsconfig.json").write_bytes(orjson.dumps(options))
    done = subprocess.run(
        [folder / "node_modules" / ".bin" / "tsc", "-p", folder],
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS_MAX,
    )
    assert (done.returncode == 0) is (done.stdout == ""), done.stdout + done.stderr
    return done.stdout


def test_the_packages_are_those_of_the_page() -> None:
    [install] = re.findall(r"^npm install (.+)$", PAGE.text, re.MULTILINE)
    assert tuple(install.split()) == PACKAGES


def test_the_program_of_the_page_compiles_strictly(folder: Path) -> None:
    blocks = [example.text for example in PAGE.examples if example.language == "ts"]
    assert compiled(folder, "\n".join(blocks)) == ""


def test_a_misspelt_field_of_the_program_is_one_error_with_the_name_that_was_meant(
    folder: Path,
) -> None:
    [program] = [example.text for example in PAGE.examples if example.language == "ts"]
    found = compiled(folder, program.replace("statement: learned", "statements: learned"))
    assert len(found.splitlines()) == 1
    assert "Did you mean to write 'statement'?" in found
    assert "starts_on" not in found, "the fields of another type"


def test_an_event_that_is_wrong_does_not_compile(folder: Path) -> None:
    lines = [f"await client.POST('/events', {{ body: {{ {HEAD}, {wrong} }} }});" for wrong in WRONG]
    program = [
        "import createClient from 'openapi-fetch';",
        "import type { paths } from './howcanwe.js';",
        "const client = createClient<paths>({});",
        *lines,
    ]
    out = compiled(folder, "\n".join(program))
    found = {int(line) for line in re.findall(r"program\.ts\((\d+),\d+\): error", out)}
    assert found == set(range(4, 4 + len(WRONG))), out
