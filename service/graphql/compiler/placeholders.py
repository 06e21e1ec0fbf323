"""Values that PostgreSQL cannot write. It writes marks, which are replaced by the values here.

They are personal texts, which are encrypted in the database; summaries, which are made from sentences of
`types.entries` and from the subjects that the viewer may see; and the names of evaluators, which a replica may lack.
Lists without pages are marks too, which say how many rows they have: the limit for the rows of an answer needs that.
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
from events.vocabulary.event import Event
from events.vocabulary.fields.field_types import INTEGER_MAX
from projections.models.subjects import SubjectAudiences
from projections.queries.corrections import corrections_as_json
from projections.queries.timelines import former_title
from projections.queries.viewers.audience_sql import seen
from service.graphql.compiler.entries import EntryColumns
from service.graphql.compiler.objects import Columns, expression
from service.graphql.context import Context
from service.graphql.fetching.entries import FIELDS, latest_fields_at
from service.graphql.fetching.evaluators import EvaluatorNames, shown_evaluators
from service.graphql.fetching.persons import PersonalField
from service.graphql.selection import Selected
from service.graphql.sql_values.statement_context import Building
from service.graphql.sql_values.values import Expression
from service.graphql.types.entries.summary import Summary, sentence

Texts = Mapping[str, str | None]

AT_ONCE_MAX: Final = 200
"""The most marks that are replaced without a thread. A summary takes about 20 µs."""

_PERSONAL: Final = "personal"
_SUMMARY: Final = "summary"
_EVALUATORS: Final = "evaluators"
_ROWS: Final = "rows"
_KNOWN: Final = ("stream", "kind", "position", "title", "owners")


class Marks:
    """The marks of a plan. Each contains a random token of the plan, so that no text in the data can be one."""

    def __init__(self) -> None:
        self._begin = f"@{token_hex(16)}/"
        self._pattern = re.compile(rf'"{self._begin}(\w+)/([^"]*)"')

    def of(self, kind: str, content: Expression) -> Expression:
        """Return a mark with this content, which must not have characters that JSON escapes."""
        found: Expression = literal(f"{self._begin}{kind}/", Text).concat(content)
        return found

    def rows(self, texts: Texts) -> int:
        """Return the number of rows in the lists without pages."""
        found = (match for text in texts.values() for match in self._pattern.finditer(text or ""))
        return sum(int(match[2].partition("/")[0]) for match in found if match[1] == _ROWS)

    async def replaced(self, texts: Texts, context: Context) -> Texts:
        """Return the JSON with the marks replaced by their values."""
        found = [match for text in texts.values() for match in self._pattern.finditer(text or "")]
        if not found:
            return texts
        cohorts = {match[2] for match in found if match[1] == _EVALUATORS}
        evaluators = await shown_evaluators(cohorts, context) if cohorts else {}
        keys = {match[2].partition("/")[0] for match in found if match[1] == _PERSONAL}
        persons: Mapping[str, Mapping[str, str]] = {}
        if keys:
            # Without a master key there are no personal texts.
            with suppress(NoMasterKey):
                persons = await context.persons.personal(sorted(keys), context.viewer)

        def put(match: re.Match[str]) -> str:
            kind, content = match.groups()
            value: Any
            if kind == _PERSONAL:
                value = _personal(content, persons)
            elif kind == _EVALUATORS:
                value = evaluators.get(content)
            elif kind == _ROWS:
                return b64decode(content.partition("/")[2]).decode()
            else:
                value = _summary(content)
            return orjson.dumps(value).decode()

        replace = partial(self._pattern.sub, put)

        def replaced() -> Texts:
            return {name: text and replace(text) for name, text in texts.items()}

        # In a thread if it takes long, so that other requests are not blocked.
        return await asyncio.to_thread(replaced) if len(found) > AT_ONCE_MAX else replaced()


def _marks(building: Building) -> Marks:
    marks: Marks = building.marks or Marks()
    building.marks = marks
    return marks


def _encoded(json: Expression) -> Expression:
    """Return JSON without characters that JSON escapes."""
    return func.replace(func.encode(func.convert_to(cast(json, Text), "UTF8"), "base64"), "\n", "")


# Lists without pages: the mark has the number of rows and the list


def counted(building: Building, rows: Expression, number: Expression) -> Expression:
    """Return a list without pages, which may be null if it is empty, so that its rows are counted."""
    content = cast(number, Text).concat("/").concat(_encoded(rows))
    mark = func.to_json(cast(_marks(building).of(_ROWS, content), Text))
    return case((number > 0, mark), else_=func.json_build_array())


# Personal texts: the mark has the person's key and the column


@expression.register
def _personal_field(
    source: PersonalField, building: Building, row: Columns, selected: Selected
) -> Expression:
    mark = _marks(building).of(_PERSONAL, row["key"].concat(f"/{source.column}"))
    return case((row[source.column].is_not(None), mark))


def _personal(content: str, persons: Mapping[str, Mapping[str, str]]) -> str | None:
    key, _, column = content.partition("/")
    return persons.get(key, {}).get(column)


# Names of evaluators: the mark has the cohort's key


@expression.register
def _evaluator_names(
    source: EvaluatorNames, building: Building, row: Columns, selected: Selected
) -> Expression:
    return _marks(building).of(_EVALUATORS, row["key"])


# Summaries: the mark has the event, and those of the subjects that it names which the viewer may see


@expression.register
def _summary_field(
    source: Summary, building: Building, row: Columns, selected: Selected
) -> Expression:
    assert isinstance(row, EntryColumns)
    event = row.event
    event_json = func.json_build_object(
        *("type", event.op("->")("type"), "data", event.op("->")("data")),
        *("about", event.op("->")("about"), "position", row["position"]),
        *("known", _known(building, row.names)),
        *("corrections", corrections_as_json(row["position"])),
        *("former", former_title(row["position"], row["type"], row["subject"])),
    )
    return _marks(building).of(_SUMMARY, _encoded(event_json))


def _known(building: Building, names: Any) -> Expression:
    """Return those of these subjects, and of their owners, that the viewer may see."""
    owned = SubjectAudiences.table.alias(building.name("owned"))
    owner = func.unnest(owned.c.owners).table_valued("key")
    owner = owner.render_derived(building.name("owner"))
    owners = (
        select(literal("organisation/", Text).concat(owner.c.key))
        .select_from(owned.join(owner, true()))
        .where(owned.c.stream == any_(names))
        .correlate_except(owned, owner)
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


def _summary(content: str) -> str:
    event_json = orjson.loads(b64decode(content))
    found = VOCABULARY.find(event_json["type"])
    assert found is not None
    kind, version = found
    fields = latest_fields_at(event_json["corrections"] or (), INTEGER_MAX)
    data = Event(kind, version, event_json).corrected(fields).data
    row = {
        "type": kind.name,
        "position": event_json["position"],
        "former": event_json["former"],
        **{f"data.{name}": data.get(name) for name in FIELDS[kind.name]},
    }
    known = (dict(zip(_KNOWN, one, strict=True)) for one in event_json["known"] or ())
    return sentence(row, {subject["stream"]: subject for subject in known})
