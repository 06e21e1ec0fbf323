"""Replay: reads the events of a server, a database or a file, for analysts' own tools."""

from service.replay.event import ReplayedEvent
from service.replay.folding import fold
from service.replay.log import ReplayLog, open_log

__all__ = ["ReplayLog", "ReplayedEvent", "fold", "open_log"]
