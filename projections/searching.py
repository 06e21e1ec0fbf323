"""Searching the wording of subjects: PostgreSQL's full text, with the places of what was found.

An index over each table's wording comes with the tables; who may see a subject is judged as everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Index,
    Select,
    Table,
    Text,
    cast,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import REGCONFIG, array

from projections.models.cohorts import Cohorts, Organisations, Pairings
from projections.models.exchange import Asks, Inspirations
from projections.models.iterations import Iterations
from projections.models.learnings import Failures, Learnings
from projections.models.questions import Questions
from projections.models.results import Outcomes, Publications
from projections.seeing import Seeing

WORDING: Final[Mapping[str, tuple[Table, tuple[str, ...]]]] = {
    "cohort": (Cohorts.table, ("title", "summary")),
    "organisation": (Organisations.table, ("name", "purpose")),
    "pairing": (Pairings.table, ("purpose",)),
    "question": (Questions.table, ("text", "summary")),
    "iteration": (
        Iterations.table,
        ("title", "hypothesis", "action", "measure", "criterion", "conclusion"),
    ),
    "failure": (Failures.table, ("intended", "actual", "why")),
    "learning": (Learnings.table, ("statement",)),
    "inspiration": (Inspirations.table, ("title", "summary")),
    "ask": (Asks.table, ("text",)),
    "outcome": (Outcomes.table, ("description", "contribution", "significance")),
    "publication": (Publications.table, ("title",)),
}
"""The columns with the wording of each kind of subject; persons are not searched."""

START: Final = "\x01"
STOP: Final = "\x02"
BETWEEN: Final = "\x03"
_HEADLINE: Final = (
    f"StartSel={START}, StopSel={STOP}, FragmentDelimiter={BETWEEN},"
    " MaxFragments=2, MaxWords=24, MinWords=8"
)
_LANGUAGE: Final = literal_column("'english'", REGCONFIG)
_SCALE: Final = 1_000_000


def _words(table: FromClause, names: Sequence[str]) -> ColumnElement[Any]:
    whole: Any = None
    for name in names:
        part: Any = func.coalesce(table.c[name], literal_column("''"))
        whole = part if whole is None else whole.op("||")(literal_column("' '")).op("||")(part)
    return func.to_tsvector(_LANGUAGE, whole)


for _table, _names in WORDING.values():
    Index(f"{_table.name}_wording", _words(_table, _names), postgresql_using="gin")


@dataclass(frozen=True, slots=True)
class Place:
    """A place among what was found: by rank, downwards, then by position."""

    rank: int
    position: int


def found(
    seeing: Seeing, text: str, kinds: Sequence[str], *, after: Place | None, limit: int
) -> Select[Any]:
    """Return the statement for the next subjects with these words: kind, key, rank, position, and marked fragments."""
    hits = _hits(seeing, text, kinds).subquery("hits")
    page = select(hits)
    if after is not None:
        page = page.where(
            tuple_(-hits.c.rank, hits.c.position) > tuple_(-after.rank, after.position)
        )
    limited = page.order_by(-hits.c.rank, hits.c.position).limit(limit).subquery("page")
    wording = (
        func.unnest(limited.c.wording)
        .table_valued("text", with_ordinality="place")
        .render_derived()
    )
    marked = (
        select(func.array_agg(func.ts_headline(_LANGUAGE, wording.c.text, _query(text), _HEADLINE)))
        .select_from(wording)
        .scalar_subquery()
    )
    return select(
        limited.c.kind,
        limited.c.key,
        limited.c.rank,
        limited.c.position,
        marked.label("marked"),
    ).order_by(-limited.c.rank, limited.c.position)


def count(seeing: Seeing, text: str, kinds: Sequence[str]) -> Select[Any]:
    """Return the statement for how many subjects have these words."""
    return select(func.count().label("total")).select_from(_hits(seeing, text, kinds).subquery())


def _hits(seeing: Seeing, text: str, kinds: Sequence[str]) -> Any:
    query = _query(text)
    statements = []
    for kind in kinds:
        table, names = WORDING[kind]
        rows = table.alias()
        words = _words(rows, names)
        rank = cast(func.ts_rank(words, query) * _SCALE, BigInteger)
        statements.append(
            select(
                literal(kind).label("kind"),
                rows.c.key,
                rank.label("rank"),
                rows.c.position,
                cast(array([func.coalesce(rows.c[name], "") for name in names]), ARRAY(Text)).label(
                    "wording"
                ),
            ).where(words.op("@@", is_comparison=True)(query), seeing.subjects(rows))
        )
    return union_all(*statements)


def _query(text: str) -> ColumnElement[Any]:
    return func.websearch_to_tsquery(_LANGUAGE, text)
