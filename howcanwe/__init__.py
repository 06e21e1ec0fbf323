"""The names that programs import. Everything else in this distribution may change with any release.

A name is imported when it is first used, so that a program loads only what it needs. `howcanwe.vocabulary` has the
event types and their terms.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from events.lines.recorded import Receipt as Receipt
    from events.lines.recorded import Recorded as Recorded
    from events.lines.recorded import UnknownType as UnknownType
    from events.log import EventLog as EventLog
    from events.recording.vault import NoMasterKey as NoMasterKey
    from events.recording.vault import WrongMasterKey as WrongMasterKey
    from events.store.connections import OutcomeUnknown as OutcomeUnknown
    from events.store.connections import Unavailable as Unavailable
    from events.store.reading import Selection as Selection
    from events.store.schema import SchemaTooNew as SchemaTooNew
    from events.store.schema import ServerTooOld as ServerTooOld
    from events.vocabulary.faults import Advice as Advice
    from events.vocabulary.faults import EventsError as EventsError
    from events.vocabulary.faults import Fault as Fault
    from events.vocabulary.faults import Refused as Refused
    from projections.folding.decorators import on as on
    from projections.folding.decorators import on_each as on_each
    from projections.folding.fold import Undigested as Undigested
    from projections.folding.projection import Projection as Projection
    from projections.folding.step import Step as Step
    from projections.folding.tables import Key as Key
    from projections.folding.tables import Row as Row
    from projections.in_memory.journey import journey_as_of as journey_as_of
    from projections.in_memory.rows import Tables as Tables
    from projections.models import PROJECTIONS as PROJECTIONS
    from service.client.async_client import AsyncClient as AsyncClient
    from service.client.client import Client as Client
    from service.client.errors import ClientError as ClientError
    from service.client.errors import Problem as Problem
    from service.client.errors import QueryFailed as QueryFailed
    from service.client.errors import Unreachable as Unreachable
    from service.client.new_event import NewEvent as NewEvent
    from service.client.plans.retries import Retries as Retries
    from service.client.results import BatchResult as BatchResult
    from service.client.results import RefusedEvent as RefusedEvent
    from service.client.results import Validated as Validated
    from service.replay.errors import Diverged as Diverged
    from service.replay.errors import NotWhole as NotWhole
    from service.replay.errors import PackageMissing as PackageMissing
    from service.replay.errors import ReplayError as ReplayError
    from service.replay.errors import SourceLost as SourceLost
    from service.replay.event import ReplayedEvent as ReplayedEvent
    from service.replay.folding import fold as fold
    from service.replay.log import ReplayLog as ReplayLog
    from service.replay.log import open_log as open_log
    from service.replay.tables.log_tables import LogTable as LogTable
    from service.replay.tables.log_tables import LogTables as LogTables

_MODULES: Final = {
    "PROJECTIONS": "projections.models",
    "Advice": "events.vocabulary.faults",
    "AsyncClient": "service.client.async_client",
    "BatchResult": "service.client.results",
    "Client": "service.client.client",
    "ClientError": "service.client.errors",
    "Diverged": "service.replay.errors",
    "EventLog": "events.log",
    "EventsError": "events.vocabulary.faults",
    "Fault": "events.vocabulary.faults",
    "Key": "projections.folding.tables",
    "LogTable": "service.replay.tables.log_tables",
    "LogTables": "service.replay.tables.log_tables",
    "NewEvent": "service.client.new_event",
    "NoMasterKey": "events.recording.vault",
    "NotWhole": "service.replay.errors",
    "OutcomeUnknown": "events.store.connections",
    "PackageMissing": "service.replay.errors",
    "Problem": "service.client.errors",
    "Projection": "projections.folding.projection",
    "QueryFailed": "service.client.errors",
    "Receipt": "events.lines.recorded",
    "Recorded": "events.lines.recorded",
    "Refused": "events.vocabulary.faults",
    "RefusedEvent": "service.client.results",
    "ReplayError": "service.replay.errors",
    "ReplayLog": "service.replay.log",
    "ReplayedEvent": "service.replay.event",
    "Retries": "service.client.plans.retries",
    "Row": "projections.folding.tables",
    "SchemaTooNew": "events.store.schema",
    "Selection": "events.store.reading",
    "ServerTooOld": "events.store.schema",
    "SourceLost": "service.replay.errors",
    "Step": "projections.folding.step",
    "Tables": "projections.in_memory.rows",
    "Unavailable": "events.store.connections",
    "Undigested": "projections.folding.fold",
    "UnknownType": "events.lines.recorded",
    "Unreachable": "service.client.errors",
    "Validated": "service.client.results",
    "WrongMasterKey": "events.recording.vault",
    "fold": "service.replay.folding",
    "journey_as_of": "projections.in_memory.journey",
    "on": "projections.folding.decorators",
    "on_each": "projections.folding.decorators",
    "open_log": "service.replay.log",
}

__all__ = [*_MODULES]


def __getattr__(name: str) -> Any:
    try:
        module = _MODULES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    found = getattr(import_module(module), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
