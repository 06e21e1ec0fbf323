"""Query parameters of `GET /events`: which events are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from starlette.datastructures import QueryParams

from events.store.reading import Selection
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.stream import KINDS, is_stream
from events.vocabulary.times import moment
from service.problems import malformed

PARAMETERS: Final = frozenset(
    {"after", "limit", "stream", "type", "source", "id", "from", "to", "min_position"}
)
_DIGITS_MAX: Final = 15


def selected(
    query: QueryParams, headers: Mapping[str, str], catalogue: Catalogue
) -> tuple[Selection, int | None]:
    """Return the selection and the limit that a query asks for; `Last-Event-ID` takes the place of `after`.

    Raises Problem (400) for an unknown parameter or type, one given twice that may not be, or a malformed value.
    """
    for name in query:
        if name not in PARAMETERS:
            raise malformed(
                f"no parameter {name!r}; known are {', '.join(sorted(PARAMETERS))}", "query"
            )
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
        raise malformed(f"{name}: one value", "query")
    return values[0] if values else None


def number(query: QueryParams, name: str) -> int | None:
    """Return a parameter's integer, None where it is not given. Raises Problem (400) for anything else."""
    value = _single(query, name)
    return None if value is None else _digits(value, name)


def _digits(value: str, name: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > _DIGITS_MAX:
        raise malformed(f"{name}: an integer from 0 on", "query")
    return int(value)


def _stream(value: str) -> str:
    if not is_stream(value):
        raise malformed(f"stream: <kind>/<key>, the kind one of: {', '.join(KINDS)}", "query")
    return value


def _identity(query: QueryParams) -> tuple[str, str] | None:
    source, id_ = _single(query, "source"), _single(query, "id")
    if source is None and id_ is None:
        return None
    if not source or not id_ or "\0" in source + id_:
        raise malformed("source and id: both, as the event's sender gave them", "query")
    return source, id_


def _types(names: Sequence[str], catalogue: Catalogue) -> Iterator[str]:
    for name in names:
        versions = catalogue.versions(name)
        if not versions:
            raise malformed(
                "type: an event type, such as failure.recorded (see /event-types)", "query"
            )
        yield from versions


def _moment(query: QueryParams, name: str) -> int | None:
    value = _single(query, name)
    if value is None:
        return None
    try:
        return moment(value)
    except ValueError:
        # A + that was not escaped arrives as a blank.
        raise malformed(
            f"{name}: a time as in RFC 3339 with its offset, a + written as %2B", "query"
        ) from None
