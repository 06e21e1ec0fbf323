"""The paths in manifests and journals, which anybody may have written: none leads out of the export."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest

from service.replay.cluster.partitions import partitions_of
from service.replay.errors import NotWhole
from service.replay.manifests import journal, manifest
from tests.service.replay.logs import chained
from tests.service.replay.test_again import done, refused

pytest.importorskip("pyarrow", reason="columns need the extra `arrow`")

WINDOW = "window-000001.parquet"
SECRET = b"Ours."


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The lines of a log."""
    path = tmp_path / "lines.ndjson"
    path.write_bytes(chained(1, 0.3))
    return path


@pytest.fixture
def out(log: Path, tmp_path: Path) -> Path:
    """A folder of Parquet files. A link in it leads to a folder beside, as an archive may bring one."""
    out = tmp_path / "one" / "log.parquet"
    out.parent.mkdir()
    done("replay", log, "--out", out)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / WINDOW).write_bytes(b"Nobody's.")
    (outside / f"_{WINDOW}.part").write_bytes(SECRET)
    (out / "link").symlink_to(outside)
    return out


def described(path: str) -> dict[str, Any]:
    """Return a file of an export, as a manifest has it."""
    return {"path": path, "size_bytes": len(SECRET), "sha256": sha256(SECRET).hexdigest()}


def in_manifest(out: Path, path: str) -> None:
    place = manifest.place(out)
    content = orjson.loads(place.read_bytes())
    place.write_bytes(orjson.dumps(content | {"files": [described(path)]}))


def in_journal(out: Path, path: str) -> None:
    """Let the export be unfinished, with this file to be put into its place."""
    content = orjson.loads(manifest.place(out).read_bytes())
    more = {"files": [described(path)], "windows": 1, "ended": True, "size_bytes": 0, "sha256": ""}
    kept = {name: value for name, value in content.items() if name not in ("howcanwe", "version")}
    journal.place(out).write_bytes(orjson.dumps(kept | more))
    manifest.place(out).unlink()


@pytest.mark.parametrize("write", [in_manifest, in_journal])
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(f"log.parquet/../../outside/{WINDOW}", id="parent"),
        pytest.param(f"/log.parquet/{WINDOW}", id="absolute"),
        pytest.param(f"log.parquet/link/{WINDOW}", id="link"),
    ],
)
def test_a_path_that_leaves_the_export_is_refused(
    log: Path, out: Path, write: Callable[[Path, str], None], path: str
) -> None:
    write(out, path)
    outside = out.parents[1] / "outside" / WINDOW
    message = refused("replay", log, "--out", out)
    assert "is not a path in an export" in message or "a symbolic link leads out of it" in message
    assert outside.read_bytes() == b"Nobody's."
    if write is in_manifest:
        for command in ("replay", "verify"):
            assert "log.parquet" in refused(command, out)
        with pytest.raises(NotWhole):
            list(partitions_of(str(out)))


def test_a_link_to_a_whole_export_is_one(log: Path, out: Path, tmp_path: Path) -> None:
    (out / "link").unlink()
    link = tmp_path / "log.parquet"
    link.symlink_to(out)
    manifest.place(link).symlink_to(manifest.place(out))
    assert "nothing to add" in done("replay", log, "--out", link)
    assert "the export is whole" in done("verify", link)
