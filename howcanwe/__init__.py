"""The names that programs import. Everything else in this distribution may change with any release."""

from events.lines.recorded import Receipt, Recorded, UnknownType
from events.log import EventLog
from events.recording.vault import NoMasterKey, WrongMasterKey
from events.store.connections import OutcomeUnknown, Unavailable
from events.store.reading import Selection
from events.store.schema import SchemaTooNew, ServerTooOld
from events.vocabulary.faults import Advice, EventsError, Fault, Refused
from projections.folding.decorators import on, on_each
from projections.folding.fold import Undigested
from projections.folding.projection import Projection
from projections.folding.step import Step
from projections.folding.tables import Key, Row
from projections.in_memory.journey import journey_as_of
from projections.in_memory.rows import Tables
from projections.models import PROJECTIONS
from service.replay import ReplayedEvent, ReplayLog, fold, open_log
from service.replay.errors import Diverged, NotWhole, PackageMissing, ReplayError, SourceLost

__all__ = [
    "PROJECTIONS",
    "Advice",
    "Diverged",
    "EventLog",
    "EventsError",
    "Fault",
    "Key",
    "NoMasterKey",
    "NotWhole",
    "OutcomeUnknown",
    "PackageMissing",
    "Projection",
    "Receipt",
    "Recorded",
    "Refused",
    "ReplayError",
    "ReplayLog",
    "ReplayedEvent",
    "Row",
    "SchemaTooNew",
    "Selection",
    "ServerTooOld",
    "SourceLost",
    "Step",
    "Tables",
    "Unavailable",
    "Undigested",
    "UnknownType",
    "WrongMasterKey",
    "fold",
    "journey_as_of",
    "on",
    "on_each",
    "open_log",
]
