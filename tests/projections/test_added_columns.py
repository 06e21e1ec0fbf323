"""What is added to rows has a name that nothing else in a row has."""

import ast
from collections.abc import Iterator
from pathlib import Path

from events.vocabulary.stream import KINDS
from projections.models import PROJECTIONS
from projections.store.added_columns import AddedColumn
from service.graphql.limits.query_size import Limits
from service.graphql.schema import Schema
from service.graphql.selection import slot_of

ROOT = Path(__file__).parents[2]


def test_an_added_column_has_the_name_of_no_column_and_no_slot() -> None:
    types = Schema(Limits()).graph.type_map.values()
    fields = {name for type_ in types for name in getattr(type_, "fields", ())}
    columns = {column.name for one in PROJECTIONS for column in one.table.columns}
    # A client names the slots: it may call a field as it likes, such as `position` or `found`.
    named = {added.name.lower() for added in AddedColumn}
    others = columns | {slot_of(name) for name in fields | columns | named | {*KINDS}}
    assert others.isdisjoint(added.value for added in AddedColumn)


def test_no_other_module_makes_such_a_name() -> None:
    found = {
        (path.relative_to(ROOT).as_posix(), text)
        for room in ("projections", "service")
        for path in (ROOT / room).rglob("*.py")
        if b'"@' in path.read_bytes()
        for text in _texts(path)
        if text.startswith("@") and text.strip("@").isidentifier()
    }
    # The context and the types of linked data.
    assert {path for path, _ in found} <= {"service/pages/commons/linked_data.py"}


def _texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
