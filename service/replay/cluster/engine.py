"""Where a log is folded: in this process, in several processes of this machine, or on a cluster."""

import os
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec
from typing import Final, Self

LOCAL_EVENTS_MAX: Final = 20_000
"""Up to this many events, one process is done before others have started."""

HELD_BYTES: Final = 800
"""The memory of an event that waits to be folded, in one of the processes."""

PLACED_BYTES: Final = 450
"""The memory that every process needs for each event of the log, to place later ones."""

PROCESS_BYTES: Final = 600 << 20
"""The memory that each process needs for any log, with the events that it folds at once."""

_GIB: Final = 1 << 30


class Engine(Enum):
    """Where a log is folded. `AUTO` chooses by the size of the log, the processors and the free memory.

    `LOCAL` is this process, `PROCESSES` several processes of this machine, and `DASK` the workers of a Dask cluster.
    """

    AUTO = "auto"
    LOCAL = "local"
    PROCESSES = "processes"
    DASK = "dask"


@dataclass(frozen=True, slots=True)
class Machine:
    """What is there to fold with."""

    processors: int
    free_bytes: int
    has_dask: bool

    @classmethod
    def this(cls) -> Self:
        """Return this machine as it is now."""
        import psutil  # type: ignore[import-untyped]  # it ships no types

        usable = getattr(os, "sched_getaffinity", None)
        return cls(
            len(usable(0)) if usable is not None else os.cpu_count() or 1,
            psutil.virtual_memory().available,
            find_spec("distributed") is not None,
        )


def chosen(events: int, machine: Machine, workers: int | None) -> tuple[Engine, str]:
    """Return the engine for a log of about this many events, and the reason. `workers` is None if it is not given."""
    processes = workers or machine.processors
    needed = events * HELD_BYTES + processes * (events * PLACED_BYTES + PROCESS_BYTES)
    if processes == 1:
        return Engine.LOCAL, "there is one processor" if workers is None else "--workers is 1"
    if events <= LOCAL_EVENTS_MAX and workers is None:
        return (
            Engine.LOCAL,
            f"about {events:,} events; other processes pay from {LOCAL_EVENTS_MAX:,} events",
        )
    if needed <= machine.free_bytes:
        return Engine.PROCESSES, f"about {events:,} events and {processes} processes"
    lacking = (
        f"{processes} processes need about {needed / _GIB:.1f} GiB for {events:,} events, "
        f"and {machine.free_bytes / _GIB:.1f} GiB are free"
    )
    if machine.has_dask:
        return Engine.DASK, f"{lacking}; Dask moves what does not fit to the disk"
    return Engine.PROCESSES, f"{lacking}; the extra cluster, which is not installed, needs less"
