"""A replay to standard output or, followed, to a file that grows: lines in, bytes out, each at once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from events.chain import line_hash
from events.store.reading import Selection
from service.replay import journal
from service.replay.errors import ReplayError
from service.replay.export import OnEvents, Writer
from service.replay.formats import Form
from service.replay.journal import Journal
from service.replay.manifest import Edge, Manifest, exported
from service.replay.pages import last_line, pages
from service.replay.source import Source, position_of

OnCaughtUp = Callable[[int], None]


def last_of(page: bytes) -> Edge:
    """Return the last event of lines."""
    line = last_line(page)
    return Edge(position_of(line), line_hash(line))


def stream(
    source: Source, selection: Selection, writer: Writer, out: BinaryIO, on_events: OnEvents
) -> Edge | None:
    """Write the selection; return its last event, None where there was none."""
    last: Edge | None = None
    out.write(writer.head())
    for page in pages(source.chunks(selection)):
        out.write(writer.page(page))
        last = last_of(page)
        on_events(page.count(b"\n"), last.position)
    for part in writer.tail():
        out.write(part)
    out.flush()
    return last


def follow(
    source: Source,
    selection: Selection,
    writer: Writer,
    out: BinaryIO,
    on_events: OnEvents,
    on_caught_up: OnCaughtUp,
) -> Iterator[Edge]:
    """Write the selection and whatever comes, without end; yield each last event once it is written."""
    out.write(writer.head())
    out.flush()
    for item in source.follow(selection):
        if isinstance(item, int):
            on_caught_up(item)
            continue
        out.write(writer.page(item))
        out.flush()
        last = last_of(item)
        on_events(item.count(b"\n"), last.position)
        yield last


class Growing:
    """A file that a follower lets grow. Told to end, it gets its manifest; begun again, it goes on behind it."""

    def __init__(self, out: Path, form: Form, selection: Selection) -> None:
        self._out = out
        self._form = form
        found = Journal.read(out)
        if found is None and out.exists():
            raise ReplayError(f"{out} exists: name another, or remove it")
        if found is not None and (found.form != form.value or found.selection != selection):
            raise ReplayError(
                f"{out} is followed with other options: remove {journal.place(out).name} to begin anew"
            )
        self.journal = found or Journal(form.value, selection)

    def run(
        self,
        source: Source,
        writer: Writer,
        on_events: OnEvents,
        on_caught_up: OnCaughtUp,
    ) -> Iterator[Edge]:
        """Write what there is and what comes; yield each last event once it is on the way to the disk."""
        self._out.touch()
        with self._out.open("r+b") as file:
            file.truncate(self.journal.size_bytes)
            file.seek(self.journal.size_bytes)
            if not self.journal.size_bytes:
                file.write(writer.head())
                self._keep(file, self.journal)
            for item in source.follow(self.journal.rest()):
                if isinstance(item, int):
                    on_caught_up(item)
                    continue
                file.write(writer.page(item))
                self._keep(file, self.journal.advanced(item))
                assert self.journal.last is not None
                on_events(item.count(b"\n"), self.journal.last.position)
                yield self.journal.last

    def end(self) -> Manifest:
        """Put a manifest beside what is there."""
        made = self.journal
        manifest = Manifest(
            self._form.value,
            replace(made.selection, through=made.last.position if made.last else 0),
            made.events,
            made.first,
            made.last,
            (exported(self._out, self._out),),
        )
        manifest.write(self._out)
        return manifest

    def _keep(self, file: BinaryIO, made: Journal) -> None:
        file.flush()
        self.journal = replace(made, size_bytes=file.tell())
        self.journal.write(self._out)
