"""The query parameters of `GET /events` and `GET /events/visible`, which select events."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from starlette.datastructures import QueryParams

from events.store.reading import Selection
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.stream import KINDS, is_stream
from events.vocabulary.values.times import moment
from service.problems import malformed
from service.settings import Settings

_DIGITS_MAX: Final = 15


def check_names(query: QueryParams, taken: Collection[str]) -> None:
    """Raise Problem (400) for a parameter that is none of these, which the call takes."""
    for name in query:
        if name not in taken:
            detail = f"There is no parameter {name!r}"
            which = "one of: " if len(taken) > 1 else "only "
            raise malformed(detail, "query", expected=which + ", ".join(sorted(taken)))


def selected(
    query: QueryParams, headers: Mapping[str, str], catalogue: Catalogue
) -> tuple[Selection, int | None]:
    """Return the selection and the limit of a query; the header `Last-Event-ID` replaces `after`.

    Raises Problem (400) for an unknown type, a repeated parameter, or a malformed value.
    """
    after = number(query, "after") or 0
    last_seen = headers.get("last-event-id", "").strip()
    if last_seen:
        after = _digits(last_seen, "Last-Event-ID")
    selection = Selection(
        after=after,
        streams=tuple(dict.fromkeys(_stream(value) for value in query.getlist("stream"))),
        types=tuple(dict.fromkeys(_types(query.getlist("type"), catalogue))),
        from_us=_moment(query, "from"),
        to_us=_moment(query, "to"),
        identity=_identity(query),
    )
    return selection, number(query, "limit")


def _single(query: QueryParams, name: str) -> str | None:
    values = query.getlist(name)
    if len(values) > 1:
        raise malformed(f"{name} has {len(values)} values", "query", expected=f"{name}: one value")
    return values[0] if values else None


def number(query: QueryParams, name: str) -> int | None:
    """Return a parameter's integer, or None if it is not given. Raises Problem (400) for any other value."""
    value = _single(query, name)
    return None if value is None else _digits(value, name)


def page_size(limit: int | None, settings: Settings) -> int:
    """Return the size of a page for a request's `limit`: the default if it gives none, never above the largest.

    It holds for every page: with 0, the page is empty.
    """
    return min(settings.page_events if limit is None else limit, settings.page_events_max)


def _digits(value: str, name: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > _DIGITS_MAX:
        raise malformed(
            f"{name} is not an integer", "query", expected=f"{name}: an integer, 0 or more"
        )
    return int(value)


def _stream(value: str) -> str:
    if not is_stream(value):
        expected = f"stream: <kind>/<key>, the kind one of: {', '.join(KINDS)}"
        raise malformed("stream is not the name of a stream", "query", expected=expected)
    return value


def _identity(query: QueryParams) -> tuple[str, str] | None:
    source, id_ = _single(query, "source"), _single(query, "id")
    if source is None and id_ is None:
        return None
    if not source or not id_ or "\0" in source + id_:
        expected = "source and id: both, as the event's sender gave them"
        raise malformed("source and id are incomplete", "query", expected=expected)
    return source, id_


def _types(names: Sequence[str], catalogue: Catalogue) -> Iterator[str]:
    for name in names:
        versions = catalogue.versions(name)
        if not versions:
            raise malformed(
                "type is not an event type",
                "query",
                expected=f"type: {catalogue.expected(name)}",
            )
        yield from versions


def _moment(query: QueryParams, name: str) -> int | None:
    value = _single(query, name)
    if value is None:
        return None
    try:
        return moment(value)
    except ValueError:
        # An unescaped + arrives as a blank.
        raise malformed(
            f"{name} is not a time",
            "query",
            expected=f"{name}: an RFC 3339 time with its offset, a + written as %2B",
        ) from None
