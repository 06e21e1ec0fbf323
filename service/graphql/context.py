"""What resolvers are given: the log, the read models, and who asks."""

from typing import Final

from strawberry.fastapi import BaseContext

from events.log import EventLog
from events.senders import Sender
from projections.runner import Runner
from service.insights import Insights

MIN_POSITION_SECONDS: Final = 5.0


class Context(BaseContext):
    """One request's context. `min_position_seconds` is the longest wait for the read models to reach a position."""

    def __init__(
        self,
        *,
        log: EventLog,
        runner: Runner,
        insights: Insights,
        viewer: Sender,
        min_position_seconds: float = MIN_POSITION_SECONDS,
    ) -> None:
        super().__init__()
        self.log = log
        self.runner = runner
        self.insights = insights
        self.viewer = viewer
        self.min_position_seconds = min_position_seconds
