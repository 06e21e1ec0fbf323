"""How an export starts: from the beginning, after an interruption, or as the continuation of a whole export."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from events.lines.chain import line_hash
from events.store.reading import Selection
from service.replay.amendments import Amendments
from service.replay.errors import Diverged, NotWhole, ReplayError
from service.replay.export.amended_rows import is_outdated
from service.replay.export_format import ExportFormat, can_grow
from service.replay.manifests import journal
from service.replay.manifests.journal import Journal
from service.replay.manifests.manifest import Manifest
from service.replay.origin import EVERYTHING, Origin
from service.replay.source import Source, first_chunk, line_at

_OR_NARROWED: Final = (
    "; or the key may no longer read that line, which --reconcile then drops from the file"
)


def begun(
    source: Source,
    out: Path,
    form: ExportFormat,
    asked: Selection,
    *,
    place: int | None = None,
    follow: bool = False,
    partition: tuple[str, ...] = (),
) -> Journal:
    """Return the journal that an export starts with; it has ended if a whole export is up to date.

    `place` is the position of the consumer, if any; `partition` are the columns by which a folder is partitioned. If
    the selection has no end, an interrupted export keeps its own, and a whole export is continued to the current end of
    the log. Raises ReplayError if `out` is something else, NotWhole if it has been changed, and Diverged if it is of
    another log.
    """
    asked = source.within(asked)
    origin = source.origin()
    found = Journal.read(out)
    # A follower that has ended leaves a journal beside the file.
    written = Manifest.beside(out) if out.exists() else None
    whole = written if found is None else None
    if whole is not None:
        found = Journal.of_whole(whole, out)
    elif found is None and out.exists():
        raise ReplayError(f"{out} already exists; name another, or remove it")
    if found is None:
        after = asked.after if place is None else max(place, asked.after)
        made = Journal(form.value, replace(asked, after=after), origin, partition=partition)
        if form.has_columns:
            made = replace(made, amended_through=after)
        return made if follow else _ending(made, source, out, form)
    check_options(
        found, out, form, asked, place=place, partition=partition, is_whole=whole is not None
    )
    _check_origin(found, out, origin, source)
    if written is not None and (wrong := list(written.faults(out))):
        raise NotWhole("; ".join(wrong))
    if follow:
        return _growing(found, out, form, whole is not None)
    if whole is not None:
        return _continued(found, source, out, form, asked)
    return _ending(found, source, out, form)


def _ending(made: Journal, source: Source, out: Path, form: ExportFormat) -> Journal:
    """Return the journal with an end of its range: if it has none, the current end of the log."""
    if made.selection.through is None:
        through = max(source.head(), made.reached)
        made = replace(made, selection=replace(made.selection, through=through))
    if made.ended or made.amended_through == made.selection.through:
        return made
    return _amended(made, source, out, form)


def _amended(made: Journal, source: Source, out: Path, form: ExportFormat) -> Journal:
    """Return the journal of an export with columns such that it will have all amendments up to the end of its range.

    A file in which earlier rows change is written from its beginning. A folder writes the windows that change again.
    """
    through = made.selection.through
    if not form.has_columns:
        return made
    if made.amended_through is None:
        raise ReplayError(
            f"{out} was exported by an earlier release, which had other columns; name another, or remove it"
        )
    if form.is_folder and made.events:
        return made
    if _changes(made, source, out):
        made = made.emptied()
    return replace(made, amended_through=through)


def _changes(made: Journal, source: Source, out: Path) -> bool:
    """Return whether rows that were written are to change by what is known now about amendments."""
    through = made.selection.through
    if not made.events or made.amended_through is None or through is None:
        return False
    return is_outdated(made, out, Amendments.until(source, through))


def _growing(found: Journal, out: Path, form: ExportFormat, is_whole: bool) -> Journal:
    """Return the journal without an end of its range, for following."""
    if not is_whole and found.selection.through is None:
        return found
    if not is_whole or not can_grow(form, out):
        raise ReplayError(
            f"{out} is not an export that can be followed; name another, or remove it"
        )
    return replace(found, selection=replace(found.selection, through=None), ended=False)


def _continued(
    found: Journal, source: Source, out: Path, form: ExportFormat, asked: Selection
) -> Journal:
    """Return the journal of a whole export, with the events that the log has got since still to be exported."""
    held = found.selection.through or found.reached
    through = asked.through if asked.through is not None else max(source.head(), held)
    more = replace(found, selection=replace(found.selection, through=through), ended=False)
    if first_chunk(source, more.rest()) is None and not _changes(more, source, out):
        return found
    if not can_grow(form, out):
        raise ReplayError(
            f"{out} is whole up to position {held}, and the log has more events, but "
            f"{out.name} cannot be continued; name another, or remove it"
        )
    return _amended(more, source, out, form)


def check_options(
    found: Journal,
    out: Path,
    form: ExportFormat,
    asked: Selection,
    *,
    place: int | None = None,
    partition: tuple[str, ...] = (),
    is_whole: bool,
) -> None:
    """Raise ReplayError if the export was made with other options; its end may differ."""
    held = found.selection
    through = held.through if asked.through is None else asked.through
    grows = is_whole and through is not None and held.through is not None and through > held.through
    after = asked.after
    if place is not None and asked.after <= held.after:
        # The consumer's position moves with the file.
        if not held.after <= place <= found.reached:
            raise ReplayError(
                f"{out} goes from position {held.after} to {found.reached}, and its consumer is at "
                f"{place}; name another file"
            )
        after = held.after
    same = replace(asked, after=after, through=held.through) == held
    same = same and found.partition == partition
    if found.form == form.value and same and (through == held.through or grows):
        return
    if is_whole:
        raise ReplayError(f"{out} already exists with other options; name another, or remove it")
    raise ReplayError(
        f"{out} is an unfinished export with other options; remove {journal.place(out).name} to start again"
    )


def check_viewer(found: Journal, out: Path, origin: Origin) -> None:
    """Raise ReplayError if the export is for another viewer."""
    made = found.origin
    if made is not None and made.viewer != origin.viewer:
        raise ReplayError(
            f"{out} was made for another viewer ({made.viewer or 'unknown'}, now "
            f"{origin.viewer or 'unknown'}); name another, or remove it"
        )


def _check_origin(found: Journal, out: Path, origin: Origin, source: Source) -> None:
    """Raise ReplayError if the export is for another viewer, Diverged if it is of another log."""
    check_viewer(found, out, origin)
    made = found.origin
    for edge in (made.first if made else None, found.first, found.last):
        if edge is None or edge == origin.first:
            continue
        line = line_at(source, edge.position)
        if line is None or line_hash(line) != edge.hash:
            raise Diverged(
                f"{out} is of another log (log.diverged): the source does not have its line at position {edge.position}"
                + (_OR_NARROWED if origin.viewer != EVERYTHING else "")
            )
