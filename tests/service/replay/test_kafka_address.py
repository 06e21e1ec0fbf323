"""The address of a topic says where it is, and never how to sign in."""

import ssl

import pytest

from service.replay.errors import ReplayError
from service.replay.kafka.address import TopicAddress

SIGNED_IN = {"HOWCANWE_KAFKA_USERNAME": "reader", "HOWCANWE_KAFKA_PASSWORD": "secret"}


def parsed(text: str) -> TopicAddress:
    address = TopicAddress.parsed(text)
    assert address is not None
    return address


def test_brokers_and_a_topic_are_named() -> None:
    address = parsed("kafka://one:9092,two:9093/events.v1")
    assert str(address) == "topic events.v1 at one:9092, two:9093"
    assert address.connection({}) == {
        "bootstrap_servers": ["one:9092", "two:9093"],
        "security_protocol": "PLAINTEXT",
    }


def test_a_connection_is_encrypted_and_checks_the_broker() -> None:
    options = parsed("kafka+ssl://one:9093/events").connection({})
    assert options["security_protocol"] == "SSL"
    assert options["ssl_context"].verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize(
    ("query", "mechanism"), [("", "PLAIN"), ("?mechanism=SCRAM-SHA-512", "SCRAM-SHA-512")]
)
def test_who_signs_in_is_in_the_environment(query: str, mechanism: str) -> None:
    options = parsed(f"kafka+ssl://one:9093/events{query}").connection(SIGNED_IN)
    assert options["security_protocol"] == "SASL_SSL"
    assert options["sasl_mechanism"] == mechanism
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("reader", "secret")


def test_a_path_is_no_topic() -> None:
    assert TopicAddress.parsed("exports/kafka") is None


@pytest.mark.parametrize(
    "text",
    [
        "kafka://one/events",
        "kafka://one:9092",
        "kafka://one:9092/",
        "kafka://reader:secret@one:9092/events",
        "kafka://one:9092/two words",
        "kafka://one:9092/events?mechanism=GSSAPI",
        "kafka://one:9092/events?acks=0",
        "mqtt://one:9092/events",
    ],
)
def test_any_other_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ReplayError) as refused:
        TopicAddress.parsed(text)
    assert "secret" not in str(refused.value)
