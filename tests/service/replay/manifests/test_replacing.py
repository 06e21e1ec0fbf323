"""Files whose content is replaced as a whole."""

import os
from pathlib import Path
from threading import Thread

import pytest

from service.replay.manifests.replacing import replace


def test_a_file_keeps_its_permissions_and_what_is_beside_it(tmp_path: Path) -> None:
    file, beside = tmp_path / "report.html", tmp_path / "report.html.part"
    file.write_text("before")
    file.chmod(0o640)
    beside.write_text("of somebody")
    replace(file, b"after")
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("after", 0o640)
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {
        "report.html": "after",
        "report.html.part": "of somebody",
    }


def test_a_link_still_leads_to_the_file(tmp_path: Path) -> None:
    file, link = tmp_path / "real", tmp_path / "link"
    link.symlink_to(file)
    replace(link, b"first")
    replace(link, b"second")
    assert link.is_symlink()
    assert file.read_text() == "second"


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = Thread(target=replace, args=(pipe, b"through"))
    writing.start()
    assert pipe.read_bytes() == b"through"
    writing.join()
    assert pipe.is_fifo()


def test_a_file_that_cannot_be_replaced_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_text("before")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace(file, b"after")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("file", "before")]
