"""A topic of Kafka, to which records are sent until its broker has acknowledged them."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from service.replay.errors import PackageMissing, TopicLost
from service.replay.kafka.address import TopicAddress
from service.replay.loop_thread import LoopThread

T = TypeVar("T")

ANSWER_SECONDS_MAX: Final = 30
"""How long connecting, and asking for the last records, may take."""
REQUEST_SECONDS_MAX: Final = 20
"""How long a broker may take for an answer. Then it is asked again, or there is no such topic."""
ACKNOWLEDGED_SECONDS_MAX: Final = 120
"""How long records may wait for acknowledgement; meanwhile they are sent again."""
BATCH_BYTES_MAX: Final = 512 * 1024
"""Half of what a broker takes by default."""

_STOP_SECONDS_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a topic. Records with the same key are in the same partition, in order."""

    key: bytes
    value: bytes
    headers: dict[str, bytes] = field(default_factory=dict)


class KafkaTopic:
    """A topic that exists. It is used from one thread, while a second one holds the connections.

    `partitions` are the numbers of its partitions.
    """

    def __init__(self, address: TopicAddress) -> None:
        """Connect to the brokers. Raises TopicLost, and PackageMissing without the extra `kafka`."""
        self.address = address
        self._kafka = _aiokafka()
        self._loop = LoopThread("kafka")
        self._producer: Any = None
        try:
            self.partitions: Sequence[int] = self._run(self._connected(), ANSWER_SECONDS_MAX)
        except BaseException:
            self.close()
            raise

    def newest(self) -> dict[int, Record] | None:
        """Return the last record of each partition that has one, or None if all records have been deleted."""
        return self._run(self._newest(), ANSWER_SECONDS_MAX)

    def partition(self, key: bytes) -> int:
        """Return the partition that records with a key go to, which is the same for Kafka's own clients."""
        number: int = self._kafka.partitioner.DefaultPartitioner()(
            key, self.partitions, self.partitions
        )
        return number

    def send(self, records: Iterable[Record]) -> None:
        """Send records; afterwards the broker has acknowledged all of them. Raises TopicLost.

        A partition has at most one batch without acknowledgement, so that none is stored before an earlier one.
        """
        by_partition = defaultdict(list)
        for record in records:
            by_partition[self.partition(record.key)].append(record)
        self._run(self._send(by_partition), ACKNOWLEDGED_SECONDS_MAX)

    def close(self) -> None:
        """Close the connections."""
        with suppress(TimeoutError, self._kafka.errors.KafkaError):
            self._loop.begin(self._stop()).result()
        self._loop.end()

    async def _connected(self) -> list[int]:
        self._producer = self._kafka.AIOKafkaProducer(
            **self.address.connection(),
            enable_idempotence=True,
            max_batch_size=BATCH_BYTES_MAX,
            request_timeout_ms=REQUEST_SECONDS_MAX * 1000,
        )
        await self._producer.start()
        return sorted(await self._producer.partitions_for(self.address.topic))

    async def _newest(self) -> dict[int, Record] | None:
        partitions = [
            self._kafka.TopicPartition(self.address.topic, number) for number in self.partitions
        ]
        consumer = self._kafka.AIOKafkaConsumer(
            **self.address.connection(), group_id=None, enable_auto_commit=False
        )
        await consumer.start()
        try:
            consumer.assign(partitions)
            begins = await consumer.beginning_offsets(partitions)
            ends = await consumer.end_offsets(partitions)
            newest = {}
            for partition in partitions:
                if begins[partition] < ends[partition]:
                    consumer.seek(partition, ends[partition] - 1)
                    found = await consumer.getone(partition)
                    record = Record(found.key, found.value, dict(found.headers))
                    newest[partition.partition] = record
        finally:
            await consumer.stop()
        return newest if newest or not any(ends.values()) else None

    async def _send(self, by_partition: dict[int, list[Record]]) -> None:
        await asyncio.gather(*(self._send_to(*each) for each in by_partition.items()))

    async def _send_to(self, partition: int, records: Sequence[Record]) -> None:
        batch = self._producer.create_batch()
        for record in records:
            if not _added(batch, record):
                await self._acknowledged(batch, partition)
                batch = self._producer.create_batch()
                _added(batch, record)
        await self._acknowledged(batch, partition)

    async def _acknowledged(self, batch: Any, partition: int) -> None:
        topic = self.address.topic
        await (await self._producer.send_batch(batch, topic, partition=partition))

    async def _stop(self) -> None:
        try:
            if self._producer is not None:
                async with asyncio.timeout(_STOP_SECONDS_MAX):
                    await self._producer.stop()
        finally:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

    def _run(self, work: Coroutine[Any, Any, T], seconds_max: float) -> T:
        coming = self._loop.begin(asyncio.wait_for(work, seconds_max))
        try:
            return coming.result()
        except TimeoutError:
            raise TopicLost(
                f"{self.address} has not answered for {seconds_max} s; rerun the command to continue"
            ) from None
        except self._kafka.errors.KafkaError as error:
            raise TopicLost(f"{self.address} cannot be used: {error}") from error
        finally:
            coming.cancel()


def _added(batch: Any, record: Record) -> bool:
    """Return whether the batch has got the record; the first one always fits."""
    headers = list(record.headers.items())
    return (
        batch.append(timestamp=None, key=record.key, value=record.value, headers=headers)
        is not None
    )


def _aiokafka() -> Any:
    try:
        import aiokafka
        import aiokafka.partitioner
    except ImportError:
        raise PackageMissing("a topic of Kafka", "kafka") from None
    return aiokafka
