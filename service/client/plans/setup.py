"""The setup of a client: what all its plans know."""

from dataclasses import dataclass, field
from typing import Final

from service.client.plans.retries import Retries

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Setup:
    """The default source of events, when to try again, and how much a request holds.

    `batch_events_max` and `body_bytes_max` are the server's defaults; where a server allows less, a request that is
    too large is sent in halves.
    """

    source: str | None = None
    retries: Retries = field(default_factory=Retries)
    batch_events_max: int = 2_000
    body_bytes_max: int = 8 * MIB
    page_events: int = 1_000
