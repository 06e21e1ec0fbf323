"""Ajv, with which most programs in JavaScript validate, takes the published schemas as strictly as it can."""

import asyncio
import subprocess
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import jsonschema_rs
import orjson

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.json_schemas import KEYWORDS, json_schema
from events.vocabulary.words.envelope import EXAMPLE
from service.http.envelope_schema import envelope_schema
from tests.events.vocabulary.random_data import RandomData
from tests.service.frontends.guide import blocks
from tests.service.packages import installed
from tests.service.serving import serving

PACKAGES = ("ajv@8", "ajv-formats@3")
PREAMBLE = """const url = process.argv[2];
const show = (found) => console.log(JSON.stringify(found));
"""
PROGRAM = Path(__file__).with_name("schemas.mjs")
EACH = 100


def test_ajv_compiles_every_schema_strictly_and_agrees(tmp_path: Path) -> None:
    folder = installed("ajv", *PACKAGES)
    tried: list[dict[str, Any]] = []
    expected: list[list[bool]] = []
    for kind in VOCABULARY.kinds:
        schema = json_schema(kind)
        made = RandomData(schema, Random(kind.name))
        data = [made.data() for _ in range(EACH)]
        tried.append({"schema": schema, "data": data})
        validator = jsonschema_rs.validator_for(schema)
        expected.append([validator.is_valid(one) for one in data])
    tried.append({"schema": envelope_schema(), "data": [dict(EXAMPLE), {**EXAMPLE, "id": 1}]})
    expected.append([True, False])
    file = tmp_path / "tried.json"
    file.write_bytes(orjson.dumps({"keywords": KEYWORDS, "tried": tried}))
    done = subprocess.run(
        ["node", str(PROGRAM), str(folder), str(file)], capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    verdicts = orjson.loads(done.stdout)
    for of, verdicts_of, expected_of in zip(tried, verdicts, expected, strict=True):
        assert verdicts_of == expected_of, of["schema"]["$id"]


async def test_a_form_is_made_and_checked_as_the_guide_says(database_url: str) -> None:
    folder = await asyncio.to_thread(installed, "ajv", *PACKAGES)
    made, checked = blocks("js", "Make a form")
    async with serving(database_url) as served:
        url = f"http://127.0.0.1:{served.port}/graphql"
        found = await asyncio.to_thread(shown, folder, made, url)
        assert await asyncio.to_thread(shown, folder, checked, url) == [True, False]
    assert found["when"].startswith("Use this when something did not go as intended")
    form = {field["name"]: field for field in found["form"]}
    assert form["for_whom"]["label"] == "Who was it a failure for?"
    assert form["for_whom"]["choices"][0][:2] == ["organisation", "The organisation"]
    assert form["facet"]["choices"][0] == ["purpose", "Purpose", "What it was for."]
    assert form["iteration"]["chooseFrom"] == ["iteration"]
    assert form["why"]["many"]
    assert form["why"]["isRequired"]
    assert not form["facet"]["isRequired"]


def shown(folder: Path, program: str, url: str) -> Any:
    """Run a program of the guide beside the packages; return what it shows."""
    with tempfile.NamedTemporaryFile("w", suffix=".mjs", dir=folder) as file:
        file.write(PREAMBLE + program)
        file.flush()
        done = subprocess.run(["node", file.name, url], capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr.decode()
    return orjson.loads(done.stdout)
