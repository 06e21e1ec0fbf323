"""The address of a topic: `kafka://broker:9092,other:9092/topic`."""

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import parse_qsl

from service.replay.errors import ReplayError

USERNAME_VARIABLE: Final = "HOWCANWE_KAFKA_USERNAME"
PASSWORD_VARIABLE: Final = "HOWCANWE_KAFKA_PASSWORD"
MECHANISMS: Final = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")

_PLAIN: Final = "kafka"
_ENCRYPTED: Final = "kafka+ssl"
_BROKERS: Final = re.compile(r"[^@/,\s]+:\d+(,[^@/,\s]+:\d+)*")
_TOPIC: Final = re.compile(r"[A-Za-z0-9._-]{1,249}")


@dataclass(frozen=True, slots=True)
class TopicAddress:
    """The brokers to ask first, the topic, and how to connect and sign in. It has no password."""

    brokers: tuple[str, ...]
    topic: str
    is_encrypted: bool = False
    mechanism: str = MECHANISMS[0]

    @classmethod
    def parsed(cls, text: str) -> Self | None:
        """Return the address, or None if the text is a path. Raises ReplayError if it is neither."""
        scheme, separator, rest = text.partition("://")
        if not separator:
            return None
        if scheme not in (_PLAIN, _ENCRYPTED):
            raise ReplayError(
                f"{scheme}:// is not a place for events; expected a path, or {_PLAIN}://… for a topic"
            )
        place, _, query = rest.partition("?")
        brokers, _, topic = place.partition("/")
        options = dict(parse_qsl(query, keep_blank_values=True))
        mechanism = options.pop("mechanism", MECHANISMS[0])
        if not _BROKERS.fullmatch(brokers) or not _TOPIC.fullmatch(topic):
            raise ReplayError(
                f"{scheme}:// needs brokers with their ports and a topic, such as {scheme}://localhost:9092/events; "
                f"the name to sign in with is read from {USERNAME_VARIABLE}"
            )
        if options or mechanism not in MECHANISMS:
            raise ReplayError(
                f"the only option of a topic's address is mechanism, one of {', '.join(MECHANISMS)}"
            )
        return cls(tuple(brokers.split(",")), topic, scheme == _ENCRYPTED, mechanism)

    def connection(self, variables: Mapping[str, str] = os.environ) -> dict[str, Any]:
        """Return how aiokafka is to connect; a name in the environment is one to sign in with."""
        options: dict[str, Any] = {"bootstrap_servers": list(self.brokers)}
        protocol = "PLAINTEXT"
        if self.is_encrypted:
            protocol = "SSL"
            options["ssl_context"] = ssl.create_default_context()
        if name := variables.get(USERNAME_VARIABLE):
            protocol = f"SASL_{protocol}"
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": name,
                "sasl_plain_password": variables.get(PASSWORD_VARIABLE, ""),
            }
        return options | {"security_protocol": protocol}

    def __str__(self) -> str:
        return f"topic {self.topic} at {', '.join(self.brokers)}"
