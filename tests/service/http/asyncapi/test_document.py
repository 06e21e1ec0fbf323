"""The AsyncAPI document: the reference parser takes it, and it is the same everywhere."""

import subprocess
from pathlib import Path
from typing import Final

import orjson

from service.http.asyncapi.document import asyncapi
from tests.processes import run
from tests.service.app import Api
from tests.service.packages import installed

PARSER: Final = "@asyncapi/parser@3"
PROGRAM: Final = Path(__file__).with_name("parser.mjs")
NOT_LATEST: Final = "asyncapi-latest-version"


def test_the_reference_parser_takes_it(tmp_path: Path) -> None:
    folder = installed("asyncapi", PARSER)
    file = tmp_path / "asyncapi.json"
    file.write_bytes(orjson.dumps(asyncapi()))
    done = subprocess.run(
        ["node", str(PROGRAM), str(folder), str(file)], capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    found = orjson.loads(done.stdout)
    assert set(found["operations"]) == asyncapi()["operations"].keys()
    assert [one for one in found["diagnostics"] if one["code"] != NOT_LATEST] == []


async def test_it_is_served_and_the_same_each_time(api: Api) -> None:
    response = await api.get("/asyncapi.json", None)
    assert response.headers["content-type"] == "application/json"
    assert response.json() == asyncapi()
    known = {"if_none_match": response.headers["etag"]}
    assert (await api.get("/asyncapi.json", None, **known)).status_code == 304


def test_another_process_describes_the_same() -> None:
    printed = run("asyncapi", alone=True, settings={"PYTHONHASHSEED": "7"}).stdout
    assert printed == orjson.dumps(asyncapi(), option=orjson.OPT_INDENT_2) + b"\n"
