"""`howcanwe schema`, `openapi` and `asyncapi` print the descriptions of the interfaces."""

import orjson

from tests.processes import run, stderr_of


def test_the_graphql_schema_is_printed() -> None:
    done = run("schema")
    assert (done.returncode, stderr_of(done)) == (0, "")
    assert b"type Query" in done.stdout


def test_the_openapi_description_is_printed() -> None:
    done = run("openapi")
    assert (done.returncode, stderr_of(done)) == (0, "")
    assert "/events" in orjson.loads(done.stdout)["paths"]


def test_the_asyncapi_description_is_printed() -> None:
    done = run("asyncapi")
    assert (done.returncode, stderr_of(done)) == (0, "")
    assert "webhook" in orjson.loads(done.stdout)["channels"]
