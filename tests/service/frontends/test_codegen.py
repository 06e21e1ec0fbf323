"""A frontend's types come out of the schema and the twenty queries, with every scalar mapped, and compile."""

import os
import subprocess
from pathlib import Path

import orjson
import pytest

from tests.service.packages import INSTALL_SECONDS_MAX, installed

ROOT = Path(__file__).parents[3]
PACKAGES = (
    "@graphql-codegen/cli@5",
    "@graphql-codegen/typescript@4",
    "@graphql-codegen/typescript-operations@4",
    "graphql@16",
    "typescript@5",
)
SCALARS = {
    "Count": "number",
    "Date": "string",
    "DateTime": "string",
    "JSON": "unknown",
    "Position": "number",
    "URL": "string",
}


def tools() -> Path:
    """Return a folder with the tools installed, for this user and every later run; skips where they cannot be had."""
    return installed("codegen", *PACKAGES)


def compiled(tools: Path, schema: str, folder: Path) -> str:
    """Generate types from a schema (a file or an endpoint) into a folder, compile them, and return their text."""
    made = folder / "made.ts"
    config = folder / "codegen.json"
    config.write_bytes(
        orjson.dumps(
            {
                "schema": schema,
                "documents": str(ROOT / "tests" / "data" / "queries" / "*.graphql"),
                "generates": {
                    str(made): {
                        "plugins": ["typescript", "typescript-operations"],
                        "config": {"strictScalars": True, "scalars": SCALARS},
                    }
                },
            }
        )
    )
    # The generator finds its plugins from where they are; the compiler is to find nothing but the types.
    for place, command in (
        (tools, ["graphql-codegen", "--config", str(config)]),
        (folder, ["tsc", "--strict", "--noEmit", "--target", "es2022", str(made)]),
    ):
        program = tools / "node_modules" / ".bin" / command[0]
        done = subprocess.run(
            [program, *command[1:]],
            cwd=place,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=INSTALL_SECONDS_MAX,
            # The endpoint is on this machine, even if the environment names a proxy.
            env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
        )
        assert done.returncode == 0, done.stdout.decode()
    return made.read_text()


@pytest.mark.long
def test_types_are_generated_with_strict_scalars_and_compile(tmp_path: Path) -> None:
    made = compiled(tools(), str(ROOT / "schema.graphql"), tmp_path)
    assert "export type JourneyQuery" in made
