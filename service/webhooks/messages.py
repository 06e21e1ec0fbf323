"""The messages that webhooks deliver, and their signatures."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex
from typing import Final

import orjson
import standardwebhooks

from events.lines.recorded import Recorded
from service.webhooks.webhook import Form, Webhook

CLOUDEVENT: Final = "application/cloudevents+json"
JSON: Final = "application/json"
TEST_TYPE: Final = "org.howcanwe.webhook.test"
"""The type of the message that only tries a webhook. It is not an event of the log."""

TEXT_CHARACTERS_MAX: Final = 3_000
"""What Slack shows of a text without folding or cutting it."""

_JOINER: Final = "\u2060"
_LIVELY: Final = re.compile(r"(?<![A-Za-z0-9])@(?=\w)|\](?=[(\[])")
"""What Mattermost takes for a mention, or for a link or an image with another text than its address."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: its id, which stays the same when it is sent again, and its body."""

    id: str
    body: bytes
    media_type: str

    def headers(self, secrets: Sequence[str], now: datetime) -> Mapping[str, str]:
        """Return the headers of an attempt at this time, signed with each of the secrets."""
        text = self.body.decode()
        signatures = [standardwebhooks.Webhook(one).sign(self.id, now, text) for one in secrets]
        return {
            "content-type": self.media_type,
            "webhook-id": self.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


def id_of(webhook: Webhook, position: int) -> str:
    """Return the id of the message with the event at a position. It has no dot, which parts what is signed."""
    return f"msg_{webhook.id}_{position}"


def of_event(webhook: Webhook, recorded: Recorded) -> Message:
    """Return the message with the event, as `GET /events` gives it."""
    return Message(id_of(webhook, recorded.position), recorded.line, CLOUDEVENT)


def of_summary(webhook: Webhook, recorded: Recorded, summary: str) -> Message:
    """Return the message with a sentence about the event, for Slack."""
    return Message(id_of(webhook, recorded.position), _slack(summary), JSON)


def of_test(webhook: Webhook, now: datetime) -> Message:
    """Return a message that only tries the webhook."""
    text = "This message only tries the webhook; nothing has happened."
    number = token_hex(8)
    if webhook.wanted.form is Form.SLACK:
        return Message(f"msg_test_{number}", _slack(text), JSON)
    event = {
        "specversion": "1.0",
        "id": number,
        "source": f"/webhooks/{webhook.id}",
        "type": TEST_TYPE,
        "time": now.astimezone(UTC),
        "data": {"text": text},
    }
    return Message(f"msg_test_{number}", orjson.dumps(event), CLOUDEVENT)


def _slack(text: str) -> bytes:
    """Return the text as a message for Slack and Mattermost, in which nothing mentions anybody.

    A link shows its own address. An invisible character is put where Mattermost would read more than the words.
    """
    if len(text) > TEXT_CHARACTERS_MAX:
        text = f"{text[: TEXT_CHARACTERS_MAX - 1]}…"
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, entity)
    text = _LIVELY.sub(rf"\g<0>{_JOINER}", text)
    return orjson.dumps({"text": text})
