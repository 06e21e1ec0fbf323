"""Texts of the answer that PostgreSQL cannot write: it leaves marks, in whose places they are put here.

Of persons it has the texts locked; summaries are sentences of the vocabulary's, made from what the viewer may see.
"""

import asyncio
import re
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from secrets import token_hex
from typing import Any, Final

import orjson
from sqlalchemy import Text, any_, case, cast, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from events.recording.vault import NoMasterKey
from events.vocabulary.catalogue import VOCABULARY
from projections.models.subjects import SubjectAudiences
from projections.queries.audience_sql import seen
from service.graphql.compiled.entries import EntryColumns
from service.graphql.compiled.objects import Columns, expression
from service.graphql.context import Context
from service.graphql.fetching.entries import FIELDS
from service.graphql.fetching.persons import PersonalField
from service.graphql.selection import Selected
from service.graphql.sql.compilation import Building
from service.graphql.sql.values import Expression
from service.graphql.types.entries.summary import Summary, sentence

Texts = Mapping[str, str | None]

AT_ONCE_MAX: Final = 200
"""How many marks are replaced without letting others have a turn: a summary takes some 20 µs."""

_PERSONAL: Final = "personal"
_SUMMARY: Final = "summary"
_KNOWN: Final = ("stream", "kind", "position", "title", "owners")


class Marks:
    """The marks of a plan. Nobody could have written one: part of each is made up for the plan."""

    def __init__(self) -> None:
        self._begin = f"@{token_hex(16)}/"
        self._pattern = re.compile(rf'"{self._begin}(\w+)/([^"]*)"')

    def of(self, what: str, said: Expression) -> Expression:
        """Return a mark that says this, in letters that stand in JSON as they are."""
        found: Expression = literal(f"{self._begin}{what}/", Text).concat(said)
        return found

    async def replaced(self, texts: Texts, context: Context) -> Texts:
        """Return the JSON with what was marked."""
        found = [match for text in texts.values() for match in self._pattern.finditer(text or "")]
        if not found:
            return texts
        keys = {match[2].partition("/")[0] for match in found if match[1] == _PERSONAL}
        persons: Mapping[str, Mapping[str, str]] = {}
        if keys:
            # Without a master key there are none.
            with suppress(NoMasterKey):
                persons = await context.persons.personal(sorted(keys), context.viewer)

        def put(match: re.Match[str]) -> str:
            said = _personal(match[2], persons) if match[1] == _PERSONAL else _summary(match[2])
            return orjson.dumps(said).decode()

        replace = partial(self._pattern.sub, put)

        def replaced() -> Texts:
            return {name: text and replace(text) for name, text in texts.items()}

        # In a thread, if it takes long: others ask meanwhile.
        return await asyncio.to_thread(replaced) if len(found) > AT_ONCE_MAX else replaced()


def _marks(building: Building) -> Marks:
    marks: Marks = building.marks or Marks()
    building.marks = marks
    return marks


# Personal texts: the mark says whose, and which


@expression.register
def _(source: PersonalField, building: Building, row: Columns, selected: Selected) -> Expression:
    mark = _marks(building).of(_PERSONAL, row["key"].concat(f"/{source.column}"))
    return case((row[source.column].is_not(None), mark))


def _personal(said: str, persons: Mapping[str, Mapping[str, str]]) -> str | None:
    key, _, column = said.partition("/")
    return persons.get(key, {}).get(column)


# Summaries: the mark has the event, and what the viewer may see of what it names


@expression.register
def _(source: Summary, building: Building, row: Columns, selected: Selected) -> Expression:
    assert isinstance(row, EntryColumns)
    event = row.event
    told = func.json_build_object(
        *("type", event.op("->")("type"), "data", event.op("->")("data")),
        *("about", event.op("->")("about"), "position", row["position"]),
        *("known", _known(building, row.names)),
    )
    said = func.encode(func.convert_to(cast(told, Text), "UTF8"), "base64")
    return _marks(building).of(_SUMMARY, func.replace(said, "\n", ""))


def _known(building: Building, names: Any) -> Expression:
    """Return what may be seen of subjects, and of the organisations of pairings among them."""
    pairings = SubjectAudiences.table.alias(building.name("pairing"))
    owner = func.unnest(pairings.c.owners).table_valued("key")
    owner = owner.render_derived(building.name("owner"))
    owners = (
        select(literal("organisation/", Text).concat(owner.c.key))
        .select_from(pairings.join(owner, true()))
        .where(pairings.c.stream == any_(names), pairings.c.kind == "pairing")
        .correlate_except(pairings, owner)
        .scalar_subquery()
    )
    subjects = SubjectAudiences.table.alias(building.name("known"))
    columns = (subjects.c[name] for name in _KNOWN)
    streams = func.array_cat(names, func.array(owners), type_=ARRAY(Text))
    return (
        select(func.json_agg(func.json_build_array(*columns)))
        .where(subjects.c.stream == any_(streams), seen(subjects.c.audience))
        .correlate_except(subjects)
        .scalar_subquery()
    )


def _summary(said: str) -> str:
    told = orjson.loads(b64decode(said))
    found = VOCABULARY.find(told["type"])
    assert found is not None
    kind, version = found
    data = kind.read(told, version)
    row = {
        "type": kind.name,
        "position": told["position"],
        **{f"data.{name}": data.get(name) for name in FIELDS[kind.name]},
    }
    known = (dict(zip(_KNOWN, one, strict=True)) for one in told["known"] or ())
    return sentence(row, {subject["stream"]: subject for subject in known})
