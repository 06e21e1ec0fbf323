"""Searching what was said: the subjects in whose wordings some words are, as somebody may see them.

Every text is judged by itself, as the event that it is of; what is hidden from the viewer is neither found nor counted,
nor does it decide the order.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import add
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY, aggregate_order_by

from events.folding import folded
from projections.audiences import SubjectOfEach, event_seen
from projections.listing import texts
from projections.models.wordings import SEARCHED, Wordings
from projections.words import Word, unaccented, words

__all__ = ["SEARCHED", "Asked", "Place", "Term", "found"]

NAMES: Final = ("name", "title")
"""Fields in which a subject is called something: what is found there comes first."""

TERMS_MAX: Final = 32
"""How many words of a question count."""

_ROWS: Final = Wordings.table.alias("wording")
_TOKENS: Final = func.array_to_tsvector(cast(_ROWS.c.tokens, ARRAY(Text)))
_PIECE: Final = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or some in quotes: `words` as they are compared; those in quotes stand together and are whole."""

    words: tuple[Word, ...]
    is_quoted: bool

    @property
    def query(self) -> str:
        """The tsquery over tokens that every text with the term meets."""
        return " & ".join(_query(word, is_whole=self.is_quoted) for word in self.words)

    @property
    def sequence(self) -> str:
        """What a text that meets the query must have, word by word; empty where the query says all."""
        first, last = self.words[0], self.words[-1]
        if not self.is_quoted and not (first.is_dense and len(first.text) > 2):
            return ""
        begin, end = ("" if word.is_dense else " " for word in (first, last))
        return begin + " ".join(word.text for word in self.words) + end

    @property
    def whole(self) -> str:
        """The token that a text has which has the word whole, not as a beginning; empty where it always does."""
        return "" if self.is_quoted or self.words[0].is_dense else self.words[0].tokens()[0]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: alternatives, each with the terms a subject has, and those it has not, by their number."""

    terms: tuple[Term, ...]
    alternatives: tuple[tuple[frozenset[int], frozenset[int]], ...]

    @classmethod
    def read(cls, text: str) -> "Asked":
        """Read words: those in quotes stand together, `or` is between alternatives, `-` before what may not be."""
        terms: list[Term] = []
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
        """The numbers of the terms that something is to have."""
        return sorted({number for wanted, _ in self.alternatives for number in wanted})


@dataclass(frozen=True, slots=True)
class Place:
    """A place among what was found: by rank and by the newest wording, downwards, then by stream."""

    rank: int
    position: int
    stream: str


def found(
    asked: Asked,
    kinds: Sequence[str],
    *,
    after: Place | None,
    limit: int,
    texts_max: int,
) -> Select[Any]:
    """Return the statement for the next subjects: stream, rank, position, and in every row the `total`.

    There is a row where nothing is found, too, with a `stream` that is null. With `texts_max`, `wordings` has as many
    of the best texts of each subject, as JSON.
    """
    hits = _hits(_said(asked, kinds), asked).cte("hits")
    order = (-hits.c.rank, -hits.c.position, hits.c.stream)
    page = select(hits)
    if after is not None:
        page = page.where(tuple_(*order) > tuple_(-after.rank, -after.position, after.stream))
    limited: Any = page.order_by(*order).limit(limit).subquery("page")
    total = select(func.count().label("total")).select_from(hits).subquery("counted")
    columns: list[Any] = [total.c.total, limited.c.stream, limited.c.rank, limited.c.position]
    source: Any = total.outerjoin(limited, true())
    if texts_max:
        found = _texts(limited.c.stream, asked, texts_max)
        source = source.outerjoin(found, true())
        columns.append(found.c.wordings)
    return (
        select(*columns)
        .select_from(source)
        .order_by(-limited.c.rank, -limited.c.position, limited.c.stream)
    )


def _said(asked: Asked, kinds: Sequence[str]) -> Any:
    """Return the texts that have some of the terms and may be seen: each with the term's number and its weight."""
    has = union_all(*(_having(term, number) for number, term in enumerate(asked.terms)))
    # First by the terms, of which there are few: the index knows them.
    rows = has.subquery("has")
    subject = SubjectOfEach(rows.c.stream)
    statement = (
        select(rows.c.stream, rows.c.number, rows.c.position, rows.c.weight)
        .select_from(subject.joined(rows))
        .where(*_seen(rows, subject))
    )
    if len(kinds) < len(SEARCHED):
        statement = statement.where(subject.kind == any_(texts(kinds)))
    return statement.subquery("said")


def _seen(rows: Any, subject: SubjectOfEach) -> Sequence[ColumnElement[bool]]:
    """Return whether texts of a subject that is seen are its own and seen, too."""
    # A text of a subject that had the key before is not one of this subject.
    own = subject.position <= rows.c.position
    # What created it is seen like the subject.
    return own, or_(rows.c.creates, event_seen(rows, subject))


def _having(term: Term, number: int) -> Select[Any]:
    """Return the statement for the texts that have a term."""
    return select(
        literal(number, Integer).label("number"),
        _weight(term).label("weight"),
        *(
            _ROWS.c[name]
            for name in ("position", "stream", "organisation", "level", "audience", "creates")
        ),
    ).where(_has(term))


def _has(term: Term) -> ColumnElement[bool]:
    """Return whether a text has a term."""
    has = _TOKENS.op("@@", is_comparison=True)(cast(term.query, TSQUERY))
    return and_(has, func.strpos(_ROWS.c.plain, term.sequence) > 0) if term.sequence else has


def _weight(term: Term) -> ColumnElement[int]:
    """Return what a text counts for that has the term."""
    is_whole = literal(1) if not term.whole else cast(term.whole == any_(_ROWS.c.tokens), Integer)
    return is_whole + case((_ROWS.c.field == any_(texts(NAMES)), 3), else_=1)


def _hits(said: Any, asked: Asked) -> Select[Any]:
    """Return the statement for every subject that has an alternative's terms, wherever each of them stands."""
    best = (
        select(
            said.c.stream,
            said.c.number,
            func.max(said.c.weight).label("weight"),
            func.max(said.c.position).label("position"),
        )
        .group_by(said.c.stream, said.c.number)
        .subquery("best")
    )
    numbers = func.array_agg(best.c.number)
    is_wanted = best.c.number == any_(_numbers(asked.wanted))
    has_one = or_(
        *(
            and_(
                numbers.op("@>", is_comparison=True)(_numbers(sorted(wanted))),
                ~numbers.op("&&", is_comparison=True)(_numbers(sorted(unwanted))),
            )
            for wanted, unwanted in asked.alternatives
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


def _texts(stream: ColumnElement[str], asked: Asked, texts_max: int) -> Any:
    """Return the best texts of a subject in which there is a term that is wanted, as JSON."""
    rows = _ROWS
    terms = [asked.terms[number] for number in asked.wanted]
    weights = [case((_has(term), _weight(term)), else_=0) for term in terms]
    subject = SubjectOfEach(stream)
    best = (
        select(
            *(rows.c[name] for name in ("position", "type", "field", "part", "text")),
            reduce(add, weights).label("weight"),
        )
        .select_from(subject.joined(rows))
        .where(rows.c.stream == stream, or_(*map(_has, terms)), *_seen(rows, subject))
        .correlate_except(rows)
        .subquery("best_texts")
    )
    order = (best.c.weight.desc(), best.c.position.desc(), best.c.field, best.c.part)
    shown = select(best).order_by(*order).limit(texts_max).subquery("shown")
    row = func.json_build_array(shown.c.position, shown.c.type, shown.c.field, shown.c.text)
    order = (shown.c.weight.desc(), shown.c.position.desc(), shown.c.field, shown.c.part)
    return select(func.json_agg(aggregate_order_by(row, *order)).label("wordings")).lateral("texts")


def _numbers(numbers: Sequence[int]) -> ColumnElement[Any]:
    return cast(literal(list(numbers), ARRAY(Integer)), ARRAY(Integer))


def _query(word: Word, *, is_whole: bool) -> str:
    tokens = word.tokens()
    if word.is_dense:
        # Of the pairs, the last is one character: it stands alone only where the run ends.
        return " & ".join(f"'{token}'" for token in tokens[:-1]) or f"'{tokens[0]}':*"
    mark = "" if is_whole else ":*"
    joined, *parts = tokens
    if not parts:
        return f"'{joined}'{mark}"
    *before, last = parts
    apart = " & ".join([*(f"'{part}'" for part in before), f"'{last}'{mark}"])
    return f"'{joined}'{mark}" if is_whole else f"('{joined}'{mark} | {apart})"


def _alternatives(text: str) -> Iterator[list[tuple[bool, Term]]]:
    """Yield the alternatives of a question, each as its terms, with whether they may not be there."""
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


def _terms(quoted: str, bare: str) -> Iterator[Term]:
    found = tuple(_unplaced(unaccented(quoted or bare)))
    if quoted and found:
        yield Term(found, True)
    else:
        yield from (Term((word,), False) for word in found)


def _unplaced(plain: str) -> Iterator[Word]:
    for word in words(plain):
        yield word._replace(start=0, end=0)
