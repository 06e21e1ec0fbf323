"""Personal texts in the answer: PostgreSQL has them locked, so it writes marks, in whose places they are put here."""

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from secrets import token_hex

import orjson
from sqlalchemy import Text, case, literal

from events.vault import NoMasterKey
from service.graphql.compiled.building import Building
from service.graphql.compiled.objects import Columns, expression
from service.graphql.compiled.values import Expression
from service.graphql.context import Context
from service.graphql.persons import Personal
from service.graphql.selection import Selected

Texts = Mapping[str, str | None]


class Marks:
    """The marks of a plan. Nobody could have written one: part of each is made up for the plan."""

    def __init__(self) -> None:
        self._begin = f"@{token_hex(16)}/"
        self._pattern = re.compile(rf'"{self._begin}([^"/]+)/([^"/]+)"')

    def of(self, source: Personal, row: Columns) -> Expression:
        """Return the mark for a text of a row; null where there is no text."""
        mark = literal(self._begin, Text).concat(row["key"]).concat(f"/{source.column}")
        return case((row[source.column].is_not(None), mark))

    async def replaced(self, texts: Texts, context: Context) -> Texts:
        """Return the JSON with the texts that were marked: null where one is gone, or there is no master key."""
        found = [match for text in texts.values() for match in self._pattern.finditer(text or "")]
        keys = sorted({match[1] for match in found})
        if not keys:
            return texts
        told: Mapping[str, Mapping[str, str]] = {}
        with suppress(NoMasterKey):
            told = await context.persons.personal(keys, context.viewer)
        put = partial(self._pattern.sub, lambda match: _json(told, match[1], match[2]))
        return {name: text and put(text) for name, text in texts.items()}


def _json(told: Mapping[str, Mapping[str, str]], key: str, name: str) -> str:
    return orjson.dumps(told.get(key, {}).get(name)).decode()


@expression.register
def _(source: Personal, building: Building, row: Columns, selected: Selected) -> Expression:
    marks: Marks = building.marks or Marks()
    building.marks = marks
    return marks.of(source, row)
