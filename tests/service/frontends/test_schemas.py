"""Ajv, with which most programs in JavaScript validate, takes the published schemas as strictly as it can."""

import subprocess
from pathlib import Path
from random import Random

import jsonschema_rs
import orjson

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.json_schemas import KEYWORDS, json_schema
from tests.events.vocabulary.random_data import RandomData
from tests.service.packages import installed

PROGRAM = Path(__file__).with_name("schemas.mjs")
EACH = 100


def test_ajv_compiles_every_schema_strictly_and_agrees(tmp_path: Path) -> None:
    folder = installed("ajv", "ajv@8", "ajv-formats@3")
    tried, expected = [], []
    for kind in VOCABULARY.kinds:
        schema = json_schema(kind)
        made = RandomData(schema, Random(kind.name))
        data = [made.data() for _ in range(EACH)]
        tried.append({"schema": schema, "data": data})
        validator = jsonschema_rs.validator_for(schema)
        expected.append([validator.is_valid(one) for one in data])
    file = tmp_path / "tried.json"
    file.write_bytes(orjson.dumps({"keywords": KEYWORDS, "tried": tried}))
    done = subprocess.run(
        ["node", str(PROGRAM), str(folder), str(file)], capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    verdicts = orjson.loads(done.stdout)
    for of, found, wanted in zip(tried, verdicts, expected, strict=True):
        for data, has_passed, should_pass in zip(of["data"], found, wanted, strict=True):
            assert has_passed is should_pass, data
