"""Checking an export: is it whole, and what its manifest says?"""

from pathlib import Path

from events.store.reading import Selection
from service.replay.errors import NotWhole
from service.replay.export_format import ExportFormat, compression_of
from service.replay.manifests import journal, manifest
from service.replay.manifests.manifest import Manifest
from service.replay.sources.file import check_ended, file_source
from service.replay.sources.line_check import LineCheck


def is_export(out: Path) -> bool:
    """Say whether a replay wrote it, or began to, so that it must have a manifest.

    A manifest or a journal stands beside it, or it is of a form that only a replay writes. Plain lines may come from
    anywhere.
    """
    told = manifest.place(out).exists() or journal.is_under_way(out)
    return (
        told or ExportFormat.of(out) is not ExportFormat.NDJSON or compression_of(out) is not None
    )


def lacks_manifest(path: Path) -> bool:
    """Say whether there is an export without a manifest, so that nobody can tell whether events are missing."""
    known = manifest.place(path).exists() or journal.is_under_way(path)
    return path.exists() and is_export(path) and not known


def checked(out: Path) -> Manifest:
    """Return the manifest of an export that is whole: its files, and where they hold lines, these one by one.

    Raises NotWhole with what is missing or different.
    """
    check_ended(out)
    found = Manifest.read(out)
    if faults := list(found.faults(out)):
        raise NotWhole("; ".join(faults))
    if ExportFormat(found.form).is_lossless:
        _check_lines(out, found)
    return found


def _check_lines(out: Path, found: Manifest) -> None:
    """Raise NotWhole where the lines are not those of the manifest, or neighbours are no chain."""
    check = LineCheck(str(out))
    for _ in check.passed(file_source(out).chunks(Selection())):
        pass
    if (check.events, check.first, check.last) != (found.events, found.first, found.last):
        raise NotWhole(f"{out} holds {check.events} events, and its manifest is of others")
