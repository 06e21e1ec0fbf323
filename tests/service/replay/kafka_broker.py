"""A broker of Kafka for tests: the one that librdkafka has for its own tests, in a process of its own.

The module, as a program, prints its address, and runs until its standard input ends. It keeps up to
5 MB for each of four partitions, in memory; every topic exists.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import confluent_kafka

from tests.processes import PATIENCE_S, environment

NAME = "tests.service.replay.kafka_broker"


@dataclass(frozen=True)
class Read:
    """A record as another client reads it."""

    partition: int
    key: str
    line: bytes
    content_type: object


class Broker:
    """A running broker."""

    def __init__(self, address: str, process: "subprocess.Popen[str]") -> None:
        self.address = address
        self.process = process

    def topic(self, name: str) -> str:
        """Return the address of a topic for `--out`."""
        return f"kafka://{self.address}/{name}"

    def size(self, topic: str) -> int:
        """Return how many records a topic has."""
        with _consumer(self.address) as consumer:
            return sum(high - low for _, low, high in _ranges(consumer, topic))

    def records(self, topic: str) -> list[Read]:
        """Return the records of a topic, those of each partition in order."""
        with _consumer(self.address) as consumer:
            found = []
            for partition, low, high in _ranges(consumer, topic):
                consumer.assign([confluent_kafka.TopicPartition(topic, partition, low)])
                for _ in range(low, high):
                    message = consumer.poll(PATIENCE_S)
                    assert message is not None and message.error() is None
                    key, line = message.key(), message.value()
                    assert isinstance(key, bytes) and isinstance(line, bytes)
                    headers = dict(message.headers() or ())
                    found.append(Read(partition, key.decode(), line, headers["content-type"]))
            return found


@contextmanager
def running() -> Iterator[Broker]:
    """A broker, which ends afterwards."""
    with subprocess.Popen(
        (sys.executable, "-m", NAME),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        yield Broker(process.stdout.readline().strip(), process)
        process.communicate(timeout=PATIENCE_S)


@contextmanager
def _consumer(address: str) -> Iterator[confluent_kafka.Consumer]:
    settings = {"bootstrap.servers": address, "group.id": "tests", "enable.auto.commit": False}
    consumer = confluent_kafka.Consumer(settings)
    try:
        yield consumer
    finally:
        consumer.close()


def _ranges(consumer: confluent_kafka.Consumer, topic: str) -> Iterator[tuple[int, int, int]]:
    known = consumer.list_topics(topic, timeout=PATIENCE_S).topics[topic]
    for number in sorted(known.partitions):
        partition = confluent_kafka.TopicPartition(topic, number)
        yield number, *consumer.get_watermark_offsets(partition, timeout=PATIENCE_S)


def _run() -> None:
    client = confluent_kafka.Producer({"test.mock.num.brokers": 1})
    [broker] = client.list_topics(timeout=PATIENCE_S).brokers.values()
    sys.stdout.write(f"{broker.host}:{broker.port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    _run()
