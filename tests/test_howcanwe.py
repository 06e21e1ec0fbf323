"""The names that programs import are documented, typed, and there where the wheel is installed."""

import ast
import pydoc
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import griffe
import pytest

import howcanwe
from docs.reference import python
from events.vocabulary import terms
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.json_schemas import json_schema
from events.vocabulary.term import Term
from events.vocabulary.types import EVENT_TYPES
from events.vocabulary.words import field_words
from howcanwe import vocabulary
from tests.docs.page import FOLDER, Page

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = Page(FOLDER / "how-to" / "python.md")
PACKAGES: Final = ("events", "projections", "service")
SECONDS_MAX: Final = 180

PROGRAM: Final = '''"""What a program may do with the names that it imports."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, assert_type

from sqlalchemy import Column, Integer, MetaData, Table, Text

from howcanwe import (
    PROJECTIONS,
    AsyncClient,
    BatchResult,
    Client,
    EventLog,
    Fault,
    Key,
    NewEvent,
    Problem,
    Projection,
    Receipt,
    Refused,
    ReplayedEvent,
    Row,
    Step,
    Tables,
    Unavailable,
    fold,
    journey_as_of,
    on,
    open_log,
)
from howcanwe.vocabulary import LearningCaptured, Loop, OrganisationRegistered, Visibility


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


LEARNING = LearningCaptured(
    learning="labels",
    organisation="mill-museum",
    statement="Visitors rewrite labels.",
    loop=Loop.SINGLE,
    evidence_level=2,
    from_=["iteration/label-wall-2"],
)
NAMED = OrganisationRegistered(organisation="mill-museum", name_="Mill Museum", sector="museums")


def send(client: Client, event: dict[str, Any]) -> None:
    receipt = client.record(LEARNING, time="2026-06-01T09:00:00Z", visibility=Visibility.PAIR)
    assert_type(receipt, Receipt)
    assert_type(client.record(event, expected={"learning/labels": 0}), Receipt)
    assert_type(client.record([NAMED, NewEvent(LEARNING), event], lenient=True), BatchResult)
    for found in client.events(after=receipt.position, types=[LearningCaptured]):
        assert_type(found, ReplayedEvent)
    for result in client.record_batches(open("events.ndjson", "rb")):
        assert_type(result, BatchResult)
    try:
        assert_type(client.stream_version("learning", "labels"), int)
    except Problem as problem:
        assert_type(problem.faults, tuple[Fault, ...])


async def send_too(client: AsyncClient, event: dict[str, Any]) -> None:
    assert_type(await client.record(NewEvent(LEARNING)), Receipt)
    assert_type(await client.record([event, b"{}"]), BatchResult)
    async for found in client.follow():
        assert_type(found, ReplayedEvent)


LearningCaptured(  # type: ignore[call-arg]  # its organisation is missing
    learning="labels",
    statement="Visitors rewrite labels.",
    loop="single",  # type: ignore[arg-type]  # a term, not a text
    evidence_level=2,
    from_=["iteration/label-wall-2"],
)
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


def modules() -> dict[str, str]:
    """Return the module of each name, as the package itself has it."""
    body = ast.parse(Path(howcanwe.__file__).read_text()).body
    [table] = [found.value for found in body if isinstance(found, ast.AnnAssign)]
    assert table is not None
    found: dict[str, str] = ast.literal_eval(table)
    return found


def test_the_package_holds_names_of_the_other_packages_and_nothing_else() -> None:
    text, *body = ast.parse(Path(howcanwe.__file__).read_text()).body
    assert isinstance(text, ast.Expr)
    [typed] = [found for found in body if isinstance(found, ast.If)]
    assert ast.unparse(typed.test) == "TYPE_CHECKING"
    given = {}
    for found in typed.body:
        assert isinstance(found, ast.ImportFrom)
        [name] = found.names
        assert name.asname == name.name, "type checkers take a name without `as` for private"
        given[name.name] = str(found.module)
    assert modules() == given
    assert set(given) == set(howcanwe.__all__)
    rest = [found for found in body if not isinstance(found, ast.If | ast.AnnAssign)]
    assert [ast.unparse(found).partition("(")[0] for found in rest] == [
        "from importlib import import_module",
        "from typing import TYPE_CHECKING, Any, Final",
        "__all__ = [*_MODULES]",
        "def __getattr__",
        "def __dir__",
    ]


def test_every_name_comes_from_where_a_contract_keeps_web_frameworks_out() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = pyproject["tool"]["importlinter"]["contracts"]
    kept_out = [one for one in contracts if "starlette" in one.get("forbidden_modules", ())]
    below = tuple(f"{package}." for one in kept_out for package in one["source_modules"])
    for name, module in modules().items():
        assert f"{module}.".startswith(below), f"{name} is from {module}"


def test_every_event_type_and_term_is_there_to_make_events_with() -> None:
    lists = {
        value.__name__
        for value in vars(terms).values()
        if isinstance(value, type) and issubclass(value, Term) and value is not Term
    }
    types = {model.__name__ for model in EVENT_TYPES}
    others = {"EventType", "EventIdentity", "Cost"}
    assert set(vocabulary.__all__) == lists | types | others
    assert len(vocabulary.__all__) == len(set(vocabulary.__all__))
    for one in (*EVENT_TYPES, *(getattr(terms, name) for name in lists)):
        assert getattr(vocabulary, one.__name__) is one


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


SERVERS: Final = frozenset({"fastapi", "graphql", "starlette", "strawberry", "typer", "uvicorn"})
DATABASES: Final = frozenset({"asyncpg", "sqlalchemy"})
COLUMNS: Final = frozenset({"dask", "duckdb", "pandas", "polars", "pyarrow"})


@pytest.mark.parametrize(
    ("imported", "not_loaded"),
    [
        pytest.param(
            "import howcanwe",
            SERVERS | DATABASES | COLUMNS | {"httpx", "pydantic", "events", "service"},
            id="nothing",
        ),
        pytest.param(
            "from howcanwe import Client, AsyncClient, NewEvent, Problem",
            SERVERS | DATABASES | COLUMNS | {"opentelemetry"},
            id="the client",
        ),
        pytest.param(
            "from howcanwe.vocabulary import LearningCaptured, Loop",
            SERVERS | DATABASES | COLUMNS | {"httpx"},
            id="the vocabulary",
        ),
        pytest.param(
            f"from howcanwe import {', '.join(n for n in howcanwe.__all__ if 'Client' not in n)}",
            SERVERS | COLUMNS,
            id="all names",
        ),
    ],
)
def test_an_import_starts_nothing_and_loads_only_what_the_names_need(
    imported: str, not_loaded: frozenset[str], tmp_path: Path
) -> None:
    program = f"import sys, threading\n{imported}\n"
    program += "print(threading.active_count(), *sys.modules)"
    threads, *loaded = run(sys.executable, "-I", "-c", program, cwd=tmp_path).split()
    assert threads == "1"
    assert not_loaded.isdisjoint(loaded)


def test_a_name_that_is_not_there_is_an_error_like_any_other() -> None:
    with pytest.raises(AttributeError, match="module 'howcanwe' has no attribute 'Customer'"):
        getattr(howcanwe, "Customer")  # noqa: B009  # a type checker would refuse it
    assert set(howcanwe.__all__) <= set(dir(howcanwe))


def test_programs_that_use_the_names_pass_strict_type_checks(
    interpreter: Path, tmp_path: Path
) -> None:
    blocks = [example.text for example in PAGE.examples if example.language == "python"]
    programs = {f"program_{n}.py": text for n, text in enumerate((PROGRAM, *blocks))}
    for name, text in programs.items():
        (tmp_path / name).write_text(text)
    options = ("--strict", "--config-file=", "--cache-dir=cache", "--python-executable")
    check: tuple[str | Path, ...] = (sys.executable, "-m", "mypy", *options, interpreter, *programs)
    assert "no issues" in run(*check, cwd=tmp_path)


def test_help_shows_what_each_field_of_a_type_asks_with_an_example() -> None:
    shown = pydoc.plain(pydoc.render_doc(vocabulary.FailureReclassified))
    text = " ".join(shown.replace("|", " ").split())
    assert "The classification of a failure is changed later" in text
    assert "Use this when you see a failure in another light" in text
    assert "failure: Which failure do you see differently now? Example: 'library-thursday'" in text
    assert "degree (optional): Where does the result lie now, from outright failure" in text
    for kind in VOCABULARY.kinds:
        documented = " ".join((kind.model.__doc__ or "").split())
        for name, field in kind.model.model_fields.items():
            words = field_words(kind, field.alias or name)
            assert words is not None
            assert words.question in documented, (kind.name, name)
        # The service publishes the first part alone.
        assert json_schema(kind)["description"] == " ".join(kind.model.meaning.split())
        assert "Fields:" not in json_schema(kind)["description"]
