"""What the page `/search` shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from service.graphql.roots.search import TEXT_CHARACTERS_MAX
from service.pages.frame.addresses import with_query
from service.pages.frame.names import subject_name
from service.pages.frame.page import Answer, Visit

KINDS: Final = (
    "question",
    "iteration",
    "failure",
    "learning",
    "inspiration",
    "ask",
    "outcome",
    "publication",
    "session",
    "commitment",
    "pairing",
    "organisation",
    "cohort",
)
"""The kinds that can be chosen. Persons are never searched."""


@dataclass(frozen=True)
class Piece:
    """A part of a text, and whether it matches the words."""

    text: str
    is_match: bool


@dataclass(frozen=True)
class Excerpt:
    """A part of a text about a hit, and the field that has the text."""

    field: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Hit:
    """A subject with the words: its name, with the matches in it if its name matches, and excerpts of other texts."""

    subject: Mapping[str, Any]
    name: Sequence[Piece]
    excerpts: Sequence[Excerpt]


@dataclass(frozen=True)
class SearchPage:
    """The words that were searched, the kind that was chosen, and the hits.

    `asks` says whether there was something to search for. If there was not, there are no hits. `next` is the address of
    the next page, None if there is none; `first` that of the first page, None on the first page itself.
    """

    text: str
    kind: str | None
    asks: bool
    is_too_long: bool
    total: int
    hits: Sequence[Hit]
    kinds: Sequence[tuple[str | None, str]]
    next: str | None
    first: str | None


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query."""
    kind = _kind(visit)
    return {
        "text": _text(visit) if _asks(visit) else "",
        "kinds": [kind.upper()] if kind else None,
        "after": visit.query.get("after") or None,
        "asks": _asks(visit),
    }


def view(answer: Answer, visit: Visit) -> SearchPage:
    """Return what the page shows."""
    text, kind = _text(visit), _kind(visit)
    found = answer.get("search")
    nodes = found["nodes"] if found else ()
    following = found["pageInfo"]["endCursor"] if found and _has_next(found) else None

    def address(kind: str | None, after: str | None = None) -> str:
        given = {"q": text, "kind": kind, "after": after, "language": visit.query.get("language")}
        return with_query(visit.path, given)

    return SearchPage(
        text,
        kind,
        _asks(visit),
        len(text) > TEXT_CHARACTERS_MAX,
        found["totalCount"] if found else 0,
        [_hit(one) for one in nodes],
        [(one, address(one)) for one in (None, *KINDS)] if _asks(visit) else (),
        address(kind, following) if following else None,
        address(kind) if visit.query.get("after") else None,
    )


def pieces(text: str, highlights: Sequence[Mapping[str, int]]) -> list[Piece]:
    """Return a text in pieces, by ranges in it that match, which are counted in UTF-16 code units."""
    units = text.encode("utf-16-le")
    found, at = [], 0
    for one in highlights:
        found.append((at, one["start"], False))
        found.append((one["start"], one["end"], True))
        at = one["end"]
    found.append((at, len(units) // 2, False))
    return [
        Piece(units[2 * start : 2 * end].decode("utf-16-le", "replace"), is_match)
        for start, end, is_match in found
        if start < end
    ]


def _hit(node: Mapping[str, Any]) -> Hit:
    subject = node["subject"]
    called = subject_name(subject)
    excerpts = [
        Excerpt(one["field"], pieces(one["text"], one["highlights"])) for one in node["fragments"]
    ]
    texts = [one["text"] for one in node["fragments"]]
    name = next(
        (one.pieces for one, text in zip(excerpts, texts, strict=True) if text == called),
        [Piece(called, False)],
    )
    others = [one for one, text in zip(excerpts, texts, strict=True) if text != called]
    return Hit(subject, name, others)


def _text(visit: Visit) -> str:
    return visit.query.get("q", "").replace("\0", " ").strip()


def _asks(visit: Visit) -> bool:
    return 0 < len(_text(visit)) <= TEXT_CHARACTERS_MAX


def _kind(visit: Visit) -> str | None:
    kind = visit.query.get("kind")
    return kind if kind in KINDS else None


def _has_next(found: Mapping[str, Any]) -> bool:
    return bool(found["pageInfo"]["hasNextPage"])
