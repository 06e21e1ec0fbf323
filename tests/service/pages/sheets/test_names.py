"""Names: what a file gives without its kind is looked up in the record, and not without end."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import pytest

from service.pages.sheets.names import KEYS_MAX, Names, Query
from service.pages.sheets.values import Unfit

KINDS = ("question", "learning")


def test_no_more_keys_than_the_bound_are_looked_up() -> None:
    asked: list[str] = []

    def ask(queries: Sequence[Query]) -> Sequence[Mapping[str, Any]]:
        keys = [key for _, given in queries for key in given["where"].get("key", ())]
        asked.extend(keys)
        return [{"found": {"nodes": [{"stream": f"question/{key}"} for key in {*keys}]}}]

    names = Names(ask)
    for number in range(KEYS_MAX + 1):
        with suppress(Unfit):
            names.named(KINDS, f"key-{number}")
    assert names.look_up()
    assert len({*asked}) == KEYS_MAX
    assert names.named(KINDS, "key-0") == "question/key-0"
    with pytest.raises(Unfit, match="are not looked up at once"):
        names.named(KINDS, f"key-{KEYS_MAX}")
