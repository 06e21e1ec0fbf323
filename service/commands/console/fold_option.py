"""The options of `howcanwe replay --fold`."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from service.replay.cluster.engine import Engine
from service.replay.errors import ReplayError


class FoldOption(Enum):
    """What is folded. `JOURNEYS`: all read models that the service has."""

    JOURNEYS = "journeys"


@dataclass(frozen=True, slots=True)
class Folding:
    """The options of a fold."""

    engine: Engine
    scheduler: str | None
    workers: int | None
    state: Path | None = None


def refuse_beside_fold(options: Iterable[str]) -> None:
    """Raise ReplayError if there are such options: --fold always folds the whole log, up to its current end."""
    if given := ", ".join(options):
        raise ReplayError(f"--fold folds the whole log and cannot be combined with {given}")


def refuse_without_fold(folding: Folding) -> None:
    """Raise ReplayError if options of a fold are given without --fold."""
    if folding != Folding(Engine.AUTO, None, None):
        raise ReplayError("--engine, --scheduler, --workers and --state need --fold")
