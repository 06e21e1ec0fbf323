"""The names that programs import. Everything else in this distribution may change with any release."""

from events.faults import Advice, EventsError, Fault, Refused
from events.log import EventLog
from events.recorded import Receipt, Recorded, UnknownType
from events.store.connections import OutcomeUnknown, Unavailable
from events.store.reading import Selection
from events.store.schema import SchemaTooNew, ServerTooOld
from events.vault import NoMasterKey, WrongMasterKey
from projections.fold import Undigested
from projections.journey import journey_as_of
from projections.memory import Tables
from projections.models import PROJECTIONS
from projections.projection import Key, Projection, Row, on, on_each
from projections.step import Step
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
