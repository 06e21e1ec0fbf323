"""The names that programs import are documented, typed, and there where the wheel is installed."""

import ast
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import griffe
import pytest

import howcanwe
from docs.reference import python

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("events", "projections", "service")
SECONDS_MAX: Final = 180

PROGRAM: Final = '''"""What a program may do with the names that it imports."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, assert_type

from sqlalchemy import Column, Integer, MetaData, Table, Text

from howcanwe import (
    PROJECTIONS,
    EventLog,
    Fault,
    Key,
    Projection,
    Receipt,
    Refused,
    Row,
    Step,
    Tables,
    Unavailable,
    fold,
    journey_as_of,
    on,
    open_log,
)


class Helped(Projection):
    table = Table(
        "helped",
        MetaData(),
        Column("organisation", Text, primary_key=True),
        Column("times", Integer),
    )

    def keys(self, step: Step) -> Sequence[Key]:
        return [(step.data["organisation"],)]

    @on("help.given")
    def gave(self, row: Row | None, step: Step) -> Row:
        times = row["times"] if row else 0
        return {"organisation": step.data["organisation"], "times": times + 1}


def read(path: str) -> None:
    with open_log(path) as log:
        for event in log.select(type="help.given"):
            assert_type(event.position, int)
            assert_type(event.time, datetime)
            assert_type(event.data, dict[str, Any])
        assert_type(fold(Helped(), log), Sequence[Row])
        assert_type(fold(PROJECTIONS, log), Tables)


async def record(url: str, event: dict[str, Any]) -> None:
    async with await EventLog.open(url) as log:
        try:
            assert_type(await log.append([event]), tuple[Receipt, ...])
        except Refused as refused:
            assert_type(refused.faults, tuple[Fault, ...])
        except Unavailable as error:
            print(error)
        async for recorded in log.read(stream="organisation/mill-museum"):
            assert_type(recorded.position, int)
        assert_type(await journey_as_of(log, "mill-museum", position=100), Tables)
'''


def run(*call: str | Path, cwd: Path) -> str:
    """Return what a command prints. Fails where it fails."""
    done = subprocess.run(call, cwd=cwd, capture_output=True, text=True, timeout=SECONDS_MAX)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel in it, and with what the wheel requires."""
    folder = tmp_path_factory.mktemp("installed")
    build = ("-m", "hatchling", "build", "--target", "wheel", "--directory")
    run(sys.executable, *build, folder, cwd=ROOT)
    [wheel] = folder.glob("*.whl")
    venv.create(folder / "environment", symlinks=True)
    [packages] = (folder / "environment" / "lib").glob("python*/site-packages")
    ZipFile(wheel).extractall(packages)
    # The checkout itself is not on the path: it is named by a file that only counts where it is.
    required = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    (packages / "required.pth").write_text("\n".join(required))
    return folder / "environment" / "bin" / "python"


def test_the_package_holds_names_of_the_other_packages_and_nothing_else() -> None:
    body = ast.parse(Path(howcanwe.__file__).read_text()).body
    imports = [found for found in body if isinstance(found, ast.ImportFrom)]
    assert {str(found.module).partition(".")[0] for found in imports} == set(PACKAGES)
    given = {name.asname or name.name for found in imports for name in found.names}
    assert given == set(howcanwe.__all__)
    text, *rest = [found for found in body if found not in imports]
    assert isinstance(text, ast.Expr)
    assert [ast.unparse(found).partition(" ")[0] for found in rest] == ["__all__"]


def test_every_name_is_in_the_reference_once() -> None:
    listed = [name for names in python.NAMES.values() for name in names]
    assert sorted(listed) == sorted(howcanwe.__all__)
    assert all(f"::: howcanwe.{name}\n" in python.written() for name in listed)


def test_every_name_and_each_of_its_methods_is_documented() -> None:
    loader = griffe.GriffeLoader()
    for package in PACKAGES:
        loader.load(package)
    found = loader.load("howcanwe")
    undocumented = []
    for name in howcanwe.__all__:
        defined = found[name].final_target
        members = defined.members.values() if defined.is_class else ()
        methods = [one for one in members if one.is_function and not one.name.startswith("_")]
        undocumented += [one.path for one in (defined, *methods) if not one.docstring]
    assert undocumented == []


def test_an_installed_wheel_gives_every_name(interpreter: Path, tmp_path: Path) -> None:
    program = "import howcanwe\nfor name in howcanwe.__all__: getattr(howcanwe, name)\n"
    program += "print(howcanwe.__file__, *howcanwe.__all__)"
    where, *names = run(interpreter, "-I", "-c", program, cwd=tmp_path).split()
    assert Path(where).is_relative_to(interpreter.parents[1])
    assert names == howcanwe.__all__


def test_the_import_starts_nothing_and_loads_no_server(tmp_path: Path) -> None:
    heavy = {
        *("dask", "duckdb", "fastapi", "graphql", "httpx", "pandas", "polars", "pyarrow"),
        *("starlette", "strawberry", "typer", "uvicorn"),
    }
    program = "import sys, threading, howcanwe\n"
    program += "print(threading.active_count(), *sys.modules)"
    threads, *modules = run(sys.executable, "-I", "-c", program, cwd=tmp_path).split()
    assert threads == "1"
    assert heavy.isdisjoint(modules)


def test_a_program_that_uses_the_names_passes_strict_type_checks(
    interpreter: Path, tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    options = ("--strict", "--config-file=", "--cache-dir=cache", "--python-executable")
    check = (sys.executable, "-m", "mypy", *options, interpreter, "program.py")
    assert "no issues" in run(*check, cwd=tmp_path)
