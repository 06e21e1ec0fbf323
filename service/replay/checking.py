"""Checking an export: is it whole, and what its manifest says?"""

from pathlib import Path

import orjson

from events.chain import line_hash
from service.replay import journal, manifest
from service.replay.errors import NotWhole
from service.replay.files import file_source
from service.replay.formats import Form, compression_of
from service.replay.log import ReplayLog
from service.replay.manifest import Edge, Manifest


def is_export(out: Path) -> bool:
    """Say whether a replay wrote it, or began to, so that it must have a manifest.

    A manifest or a journal stands beside it, or it is of a form that only a replay writes. Plain lines may come from
    anywhere.
    """
    told = manifest.place(out).exists() or journal.place(out).exists()
    return told or Form.of(out) is not Form.NDJSON or compression_of(out) is not None


def checked(out: Path) -> Manifest:
    """Return the manifest of an export that is whole: its files, and where they hold lines, these one by one.

    Raises NotWhole with what is missing or different.
    """
    if not manifest.place(out).exists() and journal.place(out).exists():
        raise NotWhole(f"{out} is not whole: its export has not ended; call it again to go on")
    found = Manifest.read(out)
    if faults := list(found.faults(out)):
        raise NotWhole("; ".join(faults))
    if Form(found.form).is_lossless:
        _check_lines(out, found)
    return found


def _check_lines(out: Path, found: Manifest) -> None:
    """Raise NotWhole where the lines are not those of the manifest, or neighbours are no chain."""
    count = 0
    first = last = None
    for chunk in ReplayLog(file_source(out)).lines():
        for line in chunk[:-1].split(b"\n"):
            content = orjson.loads(line)
            edge = Edge(content["position"], line_hash(line))
            if last is not None and edge.position <= last.position:
                raise NotWhole(f"{out}: position {edge.position} stands behind {last.position}")
            if (
                last is not None
                and edge.position == last.position + 1
                and content["previoushash"] != last.hash
            ):
                raise NotWhole(f"{out}: the chain breaks at position {edge.position}")
            first, last = first or edge, edge
            count += 1
    if (count, first, last) != (found.events, found.first, found.last):
        raise NotWhole(f"{out} holds {count} events, and its manifest is of others")
