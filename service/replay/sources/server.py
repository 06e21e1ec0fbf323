"""A howcanwe server as the source of a replay, over HTTP."""

import time
from base64 import urlsafe_b64decode
from collections.abc import Generator, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final, Self
from urllib.parse import quote, urlencode

import httpx
import orjson

from events.store.reading import Selection
from events.vocabulary.values.times import as_text
from service.replay.errors import Diverged, QueryRefused, ReplayError, SourceLost
from service.replay.line_pages import first_line, last_line, position_of
from service.replay.origin import LogMark, Origin
from service.replay.positions import Positions
from service.replay.source import matches
from service.replay.sources.compression import ACCEPT_ENCODING
from service.replay.sources.sent_key import authorization, sent_key

HEAD_HEADER: Final = "Log-Position"
"""The response header with the position of the log's last event at the start of the answer."""
ROWS_MAX: Final = 1_000
"""How many rows of a table are asked for at once. A server may give fewer."""
TRIES_MAX: Final = 5
RETRY_SECONDS: Final = 1.0
SILENCE_SECONDS_MAX: Final = 60.0

_BROKEN: Final = (httpx.TransportError, httpx.DecodingError, httpx.StreamError)


class ServerSource:
    """The log of a server, as far as the key may see it.

    A lost connection is made again, and the replay continues with the next event. After `TRIES_MAX` attempts without an
    event, SourceLost is raised.
    """

    def __init__(self, url: str, key: str | None = None) -> None:
        base = url.rstrip("/").removesuffix("/events")
        try:
            key = sent_key(key or None)
        except ValueError as error:
            raise ReplayError(str(error)) from None
        self._made_of = (url, key)
        self.viewer = viewer_of(key)
        self.url = base
        self._client = httpx.Client(
            base_url=base,
            headers={**ACCEPT_ENCODING, **authorization(key)},
            timeout=SILENCE_SECONDS_MAX,
        )

    def __reduce__(self) -> tuple[type[Self], tuple[str, str | None]]:
        return type(self), self._made_of

    def head(self) -> int:
        """Return the position of the last event, 0 if there is none."""
        with self._asked("/events", params={"limit": "0"}) as answer:
            return int(answer.headers[HEAD_HEADER])

    def origin(self) -> Origin:
        """Return the log's identity, by the first event that the key may see, and the key's id."""
        with self._asked("/events", params={"limit": "1"}) as answer:
            lines = answer.read()
        return Origin(LogMark.of(first_line(lines)) if lines else None, self.viewer)

    def within(self, selection: Selection) -> Selection:
        """Return the selection unchanged."""
        return selection

    def has_all(self, through: int) -> bool:
        """Return whether the key may read every event up to a position now."""
        return len(self.visible(Selection(through=through))) == through

    def chunks(self, selection: Selection) -> Generator[bytes]:
        """Yield the lines of the selection so far that the key may see."""
        after, tries = selection.after, 0
        while True:
            try:
                for chunk in self._chunks_once(selection, after):
                    after, tries = position_of(last_line(chunk)), 0
                    yield chunk
                return
            except (*_BROKEN, SourceLost) as error:
                tries = self._again(tries, error)

    def follow(self, selection: Selection) -> Generator[bytes | int]:
        """Yield the lines of the selection so far, then each new one; a position if the end is reached for now."""
        after, tries = selection.after, 0
        # Existing lines come in chunks, new ones one at a time.
        for chunk in self.chunks(selection):
            after = position_of(last_line(chunk))
            yield chunk
        while True:
            try:
                for item in self._follow_once(selection, after):
                    if isinstance(item, bytes):
                        after = position_of(item[:-1])
                    tries = 0
                    yield item
            except (*_BROKEN, SourceLost) as error:
                tries = self._again(tries, error)

    def visible(self, selection: Selection) -> Positions:
        """Return the positions of the selection's events that the key may read now."""
        through = [] if selection.through is None else [("through", str(selection.through))]
        query = [("after", str(selection.after)), *through, *_chosen(selection)]
        address: str | None = f"/events/visible?{urlencode(query)}"
        found = Positions()
        while address is not None:
            with self._asked(address) as answer:
                for first, last in orjson.loads(answer.read())["ranges"]:
                    found.add(first, last)
                address = answer.links.get("next", {}).get("url")
        return found

    def consumer(self, name: str) -> int | None:
        """Return the position of a named consumer, or None if there is no such consumer.

        Raises Diverged if the log is not the one that the consumer read.
        """
        with self._asked(f"/consumers/{name}", missing_is_answer=True) as answer:
            if answer.status_code == 404:
                return None
            position: int = orjson.loads(answer.read())["position"]
            return position

    def consumed(self, name: str, position: int, hash_: str) -> None:
        """Store on the server that the consumer has read everything up to this event. Raises Diverged."""
        body = {"position": position, "hash": hash_}
        with self._asked(f"/consumers/{name}", method="PUT", json=body):
            pass

    def consumers(self) -> list[Mapping[str, Any]]:
        """Return the key's consumers: the name, position, hash and lag of each."""
        with self._asked("/consumers") as answer:
            found: list[Mapping[str, Any]] = orjson.loads(answer.read())["consumers"]
            return found

    def remove_consumer(self, name: str) -> None:
        """Remove a consumer of the key. Raises ReplayError if there is none with this name."""
        with self._asked(f"/consumers/{quote(name, safe='')}", method="DELETE"):
            pass

    def graphql(self, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the data of the answer to a query. Raises QueryRefused with the first of its errors."""
        asked = {"query": query, "variables": variables}
        with self._asked("/graphql", method="POST", json=asked) as response:
            answer = orjson.loads(response.read())
        if errors := answer.get("errors"):
            raise QueryRefused(f"the server answered: {errors[0]['message']}")
        data: Mapping[str, Any] = answer["data"]
        return data

    def rows(self, table: str, position: int) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of a table as they stand, complete at least up to a position."""
        address: str | None = f"/tables/{table}?limit={ROWS_MAX}"
        while address is not None:
            with self._asked(f"{address}&min_position={position}") as response:
                yield from orjson.loads(response.read())["rows"]
                address = response.links.get("next", {}).get("url")

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def _chunks_once(self, selection: Selection, after: int) -> Iterator[bytes]:
        with self._asked("/events", params=_query(selection, after)) as answer:
            rest = b""
            for data in answer.iter_bytes():
                whole, newline, rest = (rest + data).rpartition(b"\n")
                if not newline:
                    continue
                chunk = whole + newline
                if selection.through is not None and (
                    position_of(last_line(chunk)) > selection.through
                ):
                    lines = chunk.splitlines(keepends=True)
                    if kept := b"".join(line for line in lines if matches(selection, line)):
                        yield kept
                    return
                yield chunk
            if rest:
                raise SourceLost("the server's answer ended in the middle of a line")
            if "content-encoding" in answer.headers and not answer.num_bytes_downloaded:
                raise SourceLost("the server's answer is empty, not even compressed")

    def _follow_once(self, selection: Selection, after: int) -> Iterator[bytes | int]:
        headers = {"Accept": "text/event-stream"}
        position = after
        with self._asked("/events", params=_query(selection, after), headers=headers) as answer:
            event, caught_up = b"", False
            for line in _lines(answer):
                name, _, value = line.partition(b":")
                value = value.removeprefix(b" ")
                if name == b"event":
                    event = value
                elif name == b"data" and event == b"caught-up":
                    caught_up, position = True, orjson.loads(value)["position"]
                    yield position
                elif name == b"data":
                    position = position_of(value)
                    yield value + b"\n"
                    if caught_up:
                        yield position
                elif not line:
                    event = b""
                elif not name and caught_up:
                    yield position

    def _again(self, tries: int, error: Exception) -> int:
        if tries + 1 >= TRIES_MAX:
            raise SourceLost(
                f"the connection to {self._client.base_url} was lost: {str(error) or type(error).__name__}"
            ) from error
        time.sleep(RETRY_SECONDS * tries)
        return tries + 1

    def _asked(
        self,
        path: str,
        *,
        method: str = "GET",
        missing_is_answer: bool = False,
        **request: Any,
    ) -> "_Answer":
        sent = self._client.build_request(method, path, **request)
        return _Answer(self._client, sent, missing_is_answer)


def viewer_of(key: str | None) -> str:
    """Return the viewer of a key or token for manifests: the key's id, or the hash of the token's subject."""
    if key is None:
        return "public"
    kind, _, rest = key.partition("_")
    id_, _, secret = rest.partition("_")
    if kind == "hcw" and secret:
        return f"key {id_}"
    try:
        # Tokens change every hour, but their issuer and subject stay the same.
        text = key.split(".")[1]
        claims = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        key = f"{claims['iss']} {claims['sub']}"
    except (IndexError, ValueError, KeyError, TypeError):
        pass
    return f"token {sha256(key.encode()).hexdigest()[:16]}"


class _Answer:
    """An open response; a refusal becomes an error with the server's message."""

    def __init__(self, client: httpx.Client, request: httpx.Request, missing: bool) -> None:
        self._client = client
        self._request = request
        self._missing_is_answer = missing
        self._response: httpx.Response | None = None

    def __enter__(self) -> httpx.Response:
        try:
            response = self._client.send(self._request, stream=True)
        except httpx.TransportError as error:
            raise SourceLost(
                f"{self._client.base_url} cannot be reached: {str(error) or type(error).__name__}"
            ) from error
        self._response = response
        if response.status_code < 400 or (self._missing_is_answer and response.status_code == 404):
            return response
        try:
            response.read()
            raise _refusal(response)
        finally:
            response.close()

    def __exit__(self, *error: object) -> None:
        if self._response is not None:
            self._response.close()


def _refusal(response: httpx.Response) -> ReplayError:
    try:
        problem: Mapping[str, Any] = orjson.loads(response.content)
        detail, rules = str(problem["detail"]), [fault["rule"] for fault in problem["errors"]]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        error = _first_error(response)
        if error is not None and response.status_code != 503:
            return QueryRefused(f"the server answered {response.status_code}: {error}")
        detail, rules = error or response.reason_phrase, []
    if "log.diverged" in rules:
        return Diverged(detail)
    if response.status_code == 503:
        return SourceLost(detail)
    return ReplayError(f"the server answered {response.status_code}: {detail}")


def _first_error(response: httpx.Response) -> str | None:
    """Return the first GraphQL error of a query that was not executed, or None."""
    try:
        return str(orjson.loads(response.content)["errors"][0]["message"])
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError):
        return None


def _lines(answer: httpx.Response) -> Iterator[bytes]:
    """Yield lines, split only at newlines: texts may contain other line ends of Unicode."""
    rest = b""
    for data in answer.iter_bytes():
        *lines, rest = (rest + data).split(b"\n")
        yield from lines


def _query(selection: Selection, after: int) -> list[tuple[str, str]]:
    query = [("after", str(after))]
    if selection.through is not None:
        # Positions have no gaps, so there are no more events than this.
        query.append(("limit", str(max(selection.through - after, 0))))
    return query + _chosen(selection)


def _chosen(selection: Selection) -> list[tuple[str, str]]:
    """Return the part of a query that says which events, apart from their positions."""
    query = [("stream", stream) for stream in selection.streams]
    query += [("type", name) for name in selection.types]
    for name, moment_us in (("from", selection.from_us), ("to", selection.to_us)):
        if moment_us is not None:
            query.append((name, as_text(moment_us)))
    return query
