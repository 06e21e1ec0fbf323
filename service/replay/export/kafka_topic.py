"""An export to a topic of Kafka. What it has reached is in the topic itself."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from hashlib import sha256
from typing import Final

import orjson

from events.lines.chain import line_hash
from events.store.reading import Selection
from service.replay.errors import Diverged, ReplayError
from service.replay.export.single_file import OnEvents
from service.replay.export.standard_output import OnCaughtUp
from service.replay.kafka.topic import KafkaTopic, Record
from service.replay.line_pages import pages, position_of
from service.replay.origin import LogMark
from service.replay.source import Source, line_at

PAGE_EVENTS: Final = 500
"""How many events are sent before all of them are acknowledged."""

_CONTENT_TYPE: Final = b"application/cloudevents+json; charset=UTF-8"
_ACKNOWLEDGED: Final = "howcanwe-acknowledged"
_PARTITIONS: Final = "howcanwe-partitions"
_EXPORT: Final = "howcanwe-export"


class TopicExport:
    """Sends the lines of a selection to a topic, each with its event's subject as the key.

    An event comes at least once. Each record also has the position up to which all events were acknowledged before it,
    so that an export knows where to continue, and leaves out what a partition has already.
    """

    def __init__(
        self, source: Source, topic: KafkaTopic, asked: Selection, place: int | None = None
    ) -> None:
        """Find out what the topic has; `place` is the position of the consumer, if any.

        Raises ReplayError if the topic has other records than those of this export, and Diverged if they are of another
        log.
        """
        self._source = source
        self._topic = topic
        asked = source.within(asked)
        self._export = _identity(source.origin().viewer, asked)
        newest = topic.newest()
        if newest is None and not asked.after and place is None:
            raise ReplayError(
                f"{topic.address} has had records, and all of them have been deleted; name the position to continue "
                "after with --after, or another topic"
            )
        found = newest or {}
        self._check(list(found.values()))
        self._held = {number: position_of(record.value) for number, record in found.items()}
        self.resumed = max(self._held.values(), default=0)
        if any(record.headers[_PARTITIONS] != self._partitions for record in found.values()):
            # What a partition has may have gone to another one.
            self._held = {}
        acknowledged = max((int(one.headers[_ACKNOWLEDGED]) for one in found.values()), default=0)
        after = acknowledged if found else place or 0
        self.rest = replace(asked, after=max(after, asked.after))

    def run(
        self, items: Iterable[bytes | int], on_events: OnEvents, on_caught_up: OnCaughtUp
    ) -> Iterator[LogMark]:
        """Send lines; yield the last event whenever everything up to it is acknowledged."""
        acknowledged = self.rest.after
        for item in items:
            if isinstance(item, int):
                on_caught_up(item)
                continue
            for page in pages([item], PAGE_EVENTS):
                records = list(self._records(page, acknowledged))
                self._topic.send(records)
                last = LogMark.last_of(page)
                acknowledged = last.position
                on_events(len(records), acknowledged)
                yield last

    @property
    def _partitions(self) -> bytes:
        return str(len(self._topic.partitions)).encode()

    def _records(self, page: bytes, acknowledged: int) -> Iterator[Record]:
        """Yield the records of the lines that the topic does not have yet."""
        headers = {
            "content-type": _CONTENT_TYPE,
            _ACKNOWLEDGED: str(acknowledged).encode(),
            _PARTITIONS: self._partitions,
            _EXPORT: self._export,
        }
        for line in page.splitlines():
            content = orjson.loads(line)
            key = content.get("subject", "").encode()
            if content["position"] > self._held.get(self._topic.partition(key), 0):
                yield Record(key, line, headers)

    def _check(self, newest: list[Record]) -> None:
        """Raise ReplayError if records of a topic are not of this export."""
        made = {record.headers.get(_EXPORT) for record in newest} - {self._export}
        if None in made:
            raise ReplayError(f"{self._topic.address} has records of others; name another topic")
        if made:
            raise ReplayError(
                f"{self._topic.address} has another selection, or was made for another viewer; name another topic"
            )
        self._check_log([record.value for record in newest])

    def _check_log(self, lines: list[bytes]) -> None:
        """Raise Diverged if the source has other lines than these; what it may no longer read is not compared."""
        ordered = sorted(lines, key=position_of)
        is_behind = bool(ordered) and position_of(ordered[-1]) > self._source.head()
        for line in ordered:
            held = line_at(self._source, position_of(line))
            if is_behind or (held is not None and line_hash(held) != line_hash(line)):
                raise Diverged(
                    f"{self._topic.address} has events of another log (log.diverged): the source does not have its "
                    f"line at position {position_of(line)}"
                )


def _identity(viewer: str | None, selection: Selection) -> bytes:
    """Return what an export is of, apart from its range: who sees it, and what is selected."""
    content = [viewer, asdict(replace(selection, after=0, through=None))]
    return sha256(orjson.dumps(content)).hexdigest()[:16].encode()
