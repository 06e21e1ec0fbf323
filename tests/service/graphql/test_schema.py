"""The schema, as it is kept for frontends."""

import gc
from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
)

from service.graphql.schema import Schema, sdl
from tests.service.app import open_api
from tests.service.graphql.released import released, unannounced

KEPT = Path(__file__).parents[3] / "schema.graphql"


def test_the_kept_schema_is_the_one_served() -> None:
    assert KEPT.read_text() == sdl(), "refresh it: howcanwe schema > schema.graphql"


def test_everything_is_described() -> None:
    missing = []
    for name, type_ in build_schema(sdl()).type_map.items():
        if name.startswith("__") or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        described = [(name, type_)]
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in type_.fields.items():
                described.append((f"{name}.{field_name}", field))
                described += [(f"{name}.{field_name}({a})", v) for a, v in field.args.items()]
        if isinstance(type_, GraphQLInputObjectType):
            described += [(f"{name}.{field}", found) for field, found in type_.fields.items()]
        if isinstance(type_, GraphQLEnumType):
            described += [(f"{name}.{value}", found) for value, found in type_.values.items()]
        missing += [place for place, found in described if not found.description]
    assert missing == []


def test_no_change_since_the_last_release_breaks_anything_unannounced() -> None:
    kept = released()
    assert kept is not None
    release, before = kept
    changelog = (KEPT.parent / "CHANGELOG.md").read_text()
    assert unannounced(before, sdl(), changelog, release) == []


def test_a_breaking_change_is_to_be_announced() -> None:
    before = "type Query { cohort: String! question: String }"
    after = "type Query { cohort: String }"
    breaking = "### Breaking\n\n- `Query.cohort` may be null.\n- `Query.question` is gone.\n\n"
    last = "## 0.1.0 (2026-11-25, commit 0)\n\n"
    silent = f"## Unreleased\n\n### Added\n\n- `Query.question` is new.\n\n{last}{breaking}"
    announced = f"## Unreleased\n\n{breaking}### Added\n\n{last}"
    being_released = f"## Unreleased\n\n## 0.2.0\n\n{breaking}{last}"
    assert len(unannounced(before, after, silent, "0.1.0")) == 2
    assert unannounced(before, after, announced, "0.1.0") == []
    assert unannounced(before, after, being_released, "0.1.0") == []
    assert unannounced(after, before, silent, "0.1.0") == []


def test_the_released_schema_is_that_of_the_newest_release_kept(tmp_path: Path) -> None:
    assert released(tmp_path) is None
    for version in ("0.9.0", "0.10.0", "0.2.1"):
        folder = tmp_path / version
        folder.mkdir()
        (folder / "schema.graphql").write_text(f"# {version}")
    assert released(tmp_path) == ("0.10.0", "# 0.10.0")


async def test_an_application_that_is_gone_leaves_no_schema(database_url: str) -> None:
    # Thousands of objects each: in a process with many, one collection takes seconds.
    def there() -> int:
        gc.collect()
        return sum(isinstance(found, Schema) for found in gc.get_objects())

    before = there()
    for _ in range(2):
        async with open_api(database_url) as api:
            await api.get("/health/live", None)
        del api
    assert there() == before
