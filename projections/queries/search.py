"""Full-text search: finds the subjects whose texts contain some words. The graph's `search` uses it.

Visibility is checked for each text, as for its event. Texts that the viewer may not see are neither found nor counted,
and do not affect the order.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import groupby
from operator import add
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY, aggregate_order_by

from events.vocabulary.values.text_folding import folded
from projections.folding.tables import TEXT
from projections.models.wordings import SEARCHED, Wordings
from projections.models.words import Word, unaccented, words
from projections.queries.lists import texts
from projections.queries.prepared import Prepared
from projections.queries.viewers.audience_sql import SubjectOfEach, event_seen

__all__ = ["SEARCHED", "SearchPlace", "SearchRequest", "SearchTerm", "found"]

NAMES: Final = ("name", "title")
"""The fields with a subject's name. Matches in them rank first."""

TERMS_MAX: Final = 32
"""The maximum number of terms of a search; further ones are ignored."""

FORMS_MAX: Final = 100
"""The number of statements that are cached, by form."""

PLACE: Final = ("rank", "position", "stream")

_ROWS: Final = Wordings.table.alias("wording")
_PIECE: Final = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """A word, or a quoted phrase, whose words must be adjacent and whole. `words` are in the form that is compared."""

    words: tuple[Word, ...]
    is_quoted: bool

    @property
    def query(self) -> str:
        """The tsquery that the tokens of every text with the term match."""
        return " & ".join(_query(word, is_whole=self.is_quoted) for word in self.words)

    @property
    def sequence(self) -> str:
        """The sequence of words that a matching text must also contain; empty if the query is sufficient."""
        first, last = self.words[0], self.words[-1]
        if not self.is_quoted and not (first.is_dense and len(first.text) > 2):
            return ""
        begin, end = ("" if word.is_dense else " " for word in (first, last))
        return begin + " ".join(word.text for word in self.words) + end

    @property
    def whole(self) -> str:
        """The token of a text with the whole word and not only its beginning; empty if only whole words match."""
        return "" if self.is_quoted or self.words[0].is_dense else self.words[0].tokens()[0]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A parsed search: alternatives, each with the numbers of the terms that a subject must have and must not have."""

    terms: tuple[SearchTerm, ...]
    alternatives: tuple[tuple[frozenset[int], frozenset[int]], ...]

    @classmethod
    def read(cls, text: str) -> "SearchRequest":
        """Parse a search: quotes mark a phrase, `or` separates alternatives, and `-` excludes a term."""
        terms: list[SearchTerm] = []
        alternatives = []
        for pieces in _alternatives(folded(text)):
            wanted: set[int] = set()
            unwanted: set[int] = set()
            for is_unwanted, term in pieces:
                if term not in terms:
                    if len(terms) == TERMS_MAX:
                        continue
                    terms.append(term)
                (unwanted if is_unwanted else wanted).add(terms.index(term))
            if wanted:
                alternatives.append((frozenset(wanted), frozenset(unwanted)))
        return cls(tuple(terms), tuple(alternatives))

    @property
    def wanted(self) -> list[int]:
        """The numbers of the terms that some alternative requires."""
        return sorted({number for wanted, _ in self.alternatives for number in wanted})


@dataclass(frozen=True, slots=True)
class SearchPlace:
    """A place in the results: descending by rank and by the position of the newest text, then ascending by stream."""

    rank: int
    position: int
    stream: str


def found(
    asked: SearchRequest,
    kinds: Sequence[str],
    *,
    after: SearchPlace | None,
    limit: int,
    texts_max: int,
) -> tuple[Prepared, Mapping[str, Any]]:
    """Return the statement for the next subjects, and its parameters. It returns one row.

    The row has the `total` and, as JSON, the `subjects`: for each the stream, rank and position, and up to `texts_max`
    of its best texts.
    """
    return _found(_Form.of(asked, kinds, after, texts_max)), {
        **_values(asked, kinds),
        "limit": limit,
        "texts_max": texts_max,
        **{name: getattr(after, name) for name in PLACE if after is not None},
    }


class _Form(NamedTuple):
    """Everything that the text of a statement depends on. Searches with the same form share a statement."""

    terms: tuple[tuple[bool, bool], ...]
    """For each term, whether it has a `sequence` and a `whole`."""
    alternatives: tuple[tuple[frozenset[int], frozenset[int]], ...]
    has_kinds: bool
    is_further: bool
    has_texts: bool

    @classmethod
    def of(
        cls, asked: SearchRequest, kinds: Sequence[str], after: SearchPlace | None, texts_max: int
    ) -> "_Form":
        """Return the form of the statement for a search."""
        return cls(
            tuple((bool(term.sequence), bool(term.whole)) for term in asked.terms),
            asked.alternatives,
            len(kinds) < len(SEARCHED),
            after is not None,
            texts_max > 0,
        )

    @property
    def wanted(self) -> list[int]:
        """The numbers of the terms that some alternative requires."""
        return sorted({number for wanted, _ in self.alternatives for number in wanted})


def _values(asked: SearchRequest, kinds: Sequence[str]) -> Mapping[str, Any]:
    """Return the parameters of a statement that depend on the search."""
    values: dict[str, Any] = {"kinds": list(kinds)}
    for number, term in enumerate(asked.terms):
        values[f"query_{number}"] = term.query
        values[f"sequence_{number}"] = term.sequence
        values[f"whole_{number}"] = term.whole
    return values


def _parameter(name: str, type_: Any) -> Any:
    return bindparam(name, type_=type_, required=True)


@lru_cache(maxsize=FORMS_MAX)
def _found(form: _Form) -> Prepared:
    hits = _hits(_matching_texts(form), form).cte("hits")
    order = (-hits.c.rank, -hits.c.position, hits.c.stream)
    page = select(hits)
    if form.is_further:
        rank, position = (_parameter(name, BigInteger) for name in ("rank", "position"))
        page = page.where(tuple_(*order) > tuple_(-rank, -position, _parameter("stream", TEXT)))
    limited: Any = page.order_by(*order).limit(_parameter("limit", BigInteger)).subquery("page")
    columns: list[Any] = [limited.c.stream, limited.c.rank, limited.c.position]
    source: Any = limited
    if form.has_texts:
        best = _best_texts(limited.c.stream, form)
        source = source.join(best, true())
        columns.append(best.c.wordings)
    row = func.json_build_array(*columns)
    order = (-limited.c.rank, -limited.c.position, limited.c.stream)
    subjects = select(func.json_agg(aggregate_order_by(row, *order))).select_from(source)
    return Prepared(
        select(
            select(func.count()).select_from(hits).scalar_subquery().label("total"),
            cast(subjects.scalar_subquery(), Text).label("subjects"),
        )
    )


def _matching_texts(form: _Form) -> Any:
    """Return the visible texts that have some of the terms, each with the term's number and weight."""
    # Terms first: they match few texts, and the index finds them.
    rows = union_all(*(_having(form, number) for number in range(len(form.terms)))).subquery("has")
    subject = SubjectOfEach(rows.c.stream)
    statement = (
        select(rows.c.stream, rows.c.number, rows.c.position, rows.c.weight)
        .select_from(subject.joined(rows))
        .where(*_seen(rows, subject))
    )
    if form.has_kinds:
        statement = statement.where(subject.kind == any_(_parameter("kinds", ARRAY(Text))))
    return statement.subquery("matching")


def _seen(rows: Any, subject: SubjectOfEach) -> Sequence[ColumnElement[bool]]:
    """Return whether texts with the stream of a visible subject belong to it and are visible, too."""
    # An earlier text belongs to a former subject with the same key.
    own = subject.position <= rows.c.position
    # The event that created the subject has its audience.
    return own, or_(rows.c.creates, event_seen(rows, subject))


def _having(form: _Form, number: int) -> Select[Any]:
    """Return the statement for the texts that have a term."""
    rows = _ROWS
    return select(
        literal(number, Integer).label("number"),
        _weight(rows, form, number).label("weight"),
        *(
            rows.c[name]
            for name in ("position", "stream", "organisation", "level", "audience", "creates")
        ),
    ).where(_has(rows, form, number))


def _has(rows: Any, form: _Form, number: int) -> ColumnElement[bool]:
    """Return whether a text has a term."""
    tokens = func.array_to_tsvector(cast(rows.c.tokens, ARRAY(Text)))
    has = tokens.op("@@", is_comparison=True)(cast(_parameter(f"query_{number}", Text), TSQUERY))
    has_sequence, _ = form.terms[number]
    if not has_sequence:
        return has
    return and_(has, func.strpos(rows.c.plain, _parameter(f"sequence_{number}", Text)) > 0)


def _weight(rows: Any, form: _Form, number: int) -> ColumnElement[int]:
    """Return the weight of a text that has the term."""
    _, has_whole = form.terms[number]
    whole: ColumnElement[int] = literal(1)
    if has_whole:
        whole = cast(_parameter(f"whole_{number}", TEXT) == any_(rows.c.tokens), Integer)
    return whole + case((rows.c.field == any_(texts(NAMES)), 3), else_=1)


def _hits(matching: Any, form: _Form) -> Select[Any]:
    """Return the statement for the subjects that have all terms of an alternative, in any of their texts."""
    best = (
        select(
            matching.c.stream,
            matching.c.number,
            func.max(matching.c.weight).label("weight"),
            func.max(matching.c.position).label("position"),
        )
        .group_by(matching.c.stream, matching.c.number)
        .subquery("best")
    )
    numbers = func.array_agg(best.c.number)
    is_wanted = best.c.number == any_(_numbers(form.wanted))
    has_one = or_(
        *(
            and_(
                numbers.op("@>", is_comparison=True)(_numbers(sorted(wanted))),
                ~numbers.op("&&", is_comparison=True)(_numbers(sorted(unwanted))),
            )
            for wanted, unwanted in form.alternatives
        )
    )
    return (
        select(
            best.c.stream,
            cast(func.sum(best.c.weight).filter(is_wanted), BigInteger).label("rank"),
            func.max(best.c.position).filter(is_wanted).label("position"),
        )
        .group_by(best.c.stream)
        .having(has_one)
    )


def _best_texts(stream: ColumnElement[str], form: _Form) -> Any:
    """Return as JSON the best texts of a subject that have a required term."""
    wordings = Wordings.table.alias("own")
    # By subject and not by term: many texts may have the terms.
    rows = (
        select(wordings)
        .where(wordings.c.stream == stream)
        .offset(literal_column("0"))
        .correlate_except(wordings)
        .subquery("of_subject")
    )
    terms = [(_has(rows, form, number), _weight(rows, form, number)) for number in form.wanted]
    subject = SubjectOfEach(stream)
    best = (
        select(
            *(rows.c[name] for name in ("position", "type", "field", "part", "text")),
            reduce(add, (case((has, weight), else_=0) for has, weight in terms)).label("weight"),
        )
        .select_from(subject.joined(rows))
        .where(or_(*(has for has, _ in terms)), *_seen(rows, subject))
        .subquery("best_texts")
    )

    def order(rows: Any) -> Sequence[Any]:
        return rows.c.weight.desc(), rows.c.position.desc(), rows.c.field, rows.c.part

    shown = (
        select(best)
        .order_by(*order(best))
        .limit(_parameter("texts_max", BigInteger))
        .subquery("shown")
    )
    row = func.json_build_array(shown.c.position, shown.c.type, shown.c.field, shown.c.text)
    return select(func.json_agg(aggregate_order_by(row, *order(shown))).label("wordings")).lateral(
        "texts"
    )


def _numbers(numbers: Sequence[int]) -> ColumnElement[Any]:
    return cast(literal(list(numbers), ARRAY(Integer)), ARRAY(Integer))


def _query(word: Word, *, is_whole: bool) -> str:
    tokens = word.tokens()
    if word.is_dense:
        # The last pair is a single character. It is a token only at the end of a run.
        return " & ".join(f"'{token}'" for token in tokens[:-1]) or f"'{tokens[0]}':*"
    mark = "" if is_whole else ":*"
    joined, *parts = tokens
    if not parts:
        return f"'{joined}'{mark}"
    *before, last = parts
    apart = " & ".join([*(f"'{part}'" for part in before), f"'{last}'{mark}"])
    return f"'{joined}'{mark}" if is_whole else f"('{joined}'{mark} | {apart})"


def _alternatives(text: str) -> Iterator[list[tuple[bool, SearchTerm]]]:
    """Yield the alternatives of a search, each as its terms and whether they are excluded."""
    pieces = [(bool(minus), quoted, bare) for minus, quoted, bare in _PIECE.findall(text)]
    last = len(pieces) - 1
    parted = [
        bare == "or" and 0 < at < last and pieces[at - 1][2] != "or"
        for at, (_, _, bare) in enumerate(pieces)
    ]
    for is_or, group in groupby(zip(parted, pieces, strict=True), lambda one: one[0]):
        if not is_or:
            yield [
                (minus, term) for _, (minus, quoted, bare) in group for term in _terms(quoted, bare)
            ]


def _terms(quoted: str, bare: str) -> Iterator[SearchTerm]:
    found = tuple(_unplaced(unaccented(quoted or bare)))
    if quoted and found:
        yield SearchTerm(found, True)
    else:
        yield from (SearchTerm((word,), False) for word in found)


def _unplaced(plain: str) -> Iterator[Word]:
    for word in words(plain):
        yield word._replace(start=0, end=0)
