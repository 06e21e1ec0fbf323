"""The file of an export under way: what a journal knows of it is there, to the byte, and nothing else."""

import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

from service.replay.errors import NotWhole
from service.replay.manifests.journal import Journal

_CHUNK_BYTES: Final = 1 << 20


class PartFile:
    """Takes bytes behind those that the journal knows of, and hashes all of them as they are written.

    Opening it cuts off what the journal does not know. Raises NotWhole where it does not hold what the journal says.
    """

    def __init__(self, path: Path, made: Journal) -> None:
        path.touch()
        self._file = path.open("r+b")
        self._hash = sha256()
        left = made.size_bytes
        while left and (data := self._file.read(min(left, _CHUNK_BYTES))):
            self._hash.update(data)
            left -= len(data)
        if left or (made.sha256 and made.sha256 != self._hash.hexdigest()):
            self._file.close()
            what = "is shorter than" if left else "does not hold what"
            raise NotWhole(f"{path} {what} its journal says: remove both to begin anew")
        self._file.truncate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> None:
        """Put the bytes behind all others; afterwards, readers see them."""
        self._file.write(data)
        self._file.flush()
        self._hash.update(data)

    def told(self, made: Journal) -> Journal:
        """Return the journal with what the file holds now."""
        return replace(made, size_bytes=self._file.tell(), sha256=self._hash.hexdigest())

    def sync(self) -> None:
        """Wait; afterwards what was written is on disk."""
        os.fsync(self._file.fileno())
