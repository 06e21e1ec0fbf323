"""Checks that an export is whole and matches its manifest. `howcanwe verify`, `record` and `restore` use it."""

from pathlib import Path

from events.store.reading import Selection
from service.replay.errors import NotWhole
from service.replay.export_format import ExportFormat, compression_of
from service.replay.manifests import journal, manifest
from service.replay.manifests.manifest import Manifest
from service.replay.sources.file import check_ended, file_source
from service.replay.sources.line_check import LineCheck


def is_export(out: Path) -> bool:
    """Return whether the path is an export, finished or not, which must have a manifest.

    This is so if there is a manifest or a journal beside it, or if it has a form that only exports have. Plain lines
    may come from anywhere.
    """
    is_described = manifest.place(out).exists() or journal.is_under_way(out)
    return (
        is_described
        or ExportFormat.of(out) is not ExportFormat.NDJSON
        or compression_of(out) is not None
    )


def lacks_manifest(path: Path) -> bool:
    """Return whether an export exists without a manifest, so that missing events would go unnoticed."""
    known = manifest.place(path).exists() or journal.is_under_way(path)
    return path.exists() and is_export(path) and not known


def checked(out: Path) -> Manifest:
    """Return the manifest of an export after checking its files, and the lines of files that have lines.

    Raises NotWhole, which names what is missing or different.
    """
    with journal.stamp(out).reading():
        check_ended(out)
        found = Manifest.read(out)
        if faults := list(found.faults(out)):
            raise NotWhole("; ".join(faults))
        if ExportFormat(found.form).is_lossless:
            _check_lines(out, found)
        return found


def _check_lines(out: Path, found: Manifest) -> None:
    """Raise NotWhole if the lines are not those of the manifest, or the chain between neighbours is broken."""
    check = LineCheck(str(out))
    for _ in check.passed(file_source(out).chunks(Selection())):
        pass
    if (check.events, check.first, check.last) != (found.events, found.first, found.last):
        raise NotWhole(f"{out} has {check.events} events, and they are not those of its manifest")
