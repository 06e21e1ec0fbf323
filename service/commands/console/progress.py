"""The progress bar of a command in a terminal."""

from typing import Final, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

STEP: Final = 500


class Bar:
    """A bar on standard error with the progress, the events per second and the time left. Shown only in a terminal."""

    def __init__(
        self, what: str, total: int | None = None, amount: ProgressColumn | None = None
    ) -> None:
        console = Console(stderr=True)
        self.is_shown = console.is_terminal
        self._progress = Progress(
            TextColumn(what),
            BarColumn(),
            amount or MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not self.is_shown,
            transient=True,
        )
        self._task = self._progress.add_task(what, total=total, rate="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def show(
        self, done: int | None, *, events: int | None = None, total: int | None = None
    ) -> None:
        """Show the progress; the rate is that of `events` since the start, or of `done` if not given."""
        if not self.is_shown:
            return
        [task] = self._progress.tasks
        counted = done if events is None else events
        rate = f"{(counted or 0) / (task.elapsed or 1):,.0f} events/s"
        self._progress.update(self._task, completed=done, total=total, rate=rate)

    def reach(self, position: int) -> None:
        """Show the position at every `STEP`-th event; for callers that report each event."""
        if position % STEP == 0:
            self.show(position)
