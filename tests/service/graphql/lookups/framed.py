"""A question with another wording, and what its id says."""

from base64 import b64decode
from typing import Final

from events.log import EventLog
from tests.projections.stories import MakeEvent

ID: Final = "query($id: ID!) { node(id: $id) { id ... on Question { text state } ... on Learning { statement } } }"


def text_of(id_: str) -> str:
    """Return what an id says."""
    return b64decode(id_ + "=" * (-len(id_) % 4), b"-_").decode()


async def framed(log: EventLog, make_event: MakeEvent) -> None:
    """Record a question of mill's (7) and another wording of it (8)."""
    await log.append(
        [
            make_event(
                "question.framed",
                "2025-02-01",
                question="wheel",
                organisation="mill",
                cohort="valley",
                text="How can we turn the wheel?",
            ),
            make_event(
                "question.reframed",
                "2025-02-03",
                question="wheel",
                text="How can we repair it?",
                reason="It broke.",
            ),
        ]
    )
