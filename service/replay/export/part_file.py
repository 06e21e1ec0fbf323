"""The file of an unfinished export, which has exactly the bytes that its journal records."""

import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

from service.replay.errors import NotWhole
from service.replay.manifests.journal import Journal

_CHUNK_BYTES: Final = 1 << 20


class PartFile:
    """Appends bytes to those that the journal records, and hashes all of them.

    Opening it truncates bytes that the journal does not record. Raises NotWhole if the recorded bytes are not there.
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
            what = "is shorter than its journal says" if left else "differs from its journal"
            raise NotWhole(f"{path} {what}; remove both to start again")
        self._file.truncate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> None:
        """Append the bytes; afterwards, readers see them."""
        self._file.write(data)
        self._file.flush()
        self._hash.update(data)

    def recorded_in(self, made: Journal) -> Journal:
        """Return the journal with the file's current size and hash."""
        return replace(made, size_bytes=self._file.tell(), sha256=self._hash.hexdigest())

    def begins_with(self, data: bytes) -> bool:
        """Return whether these are the first bytes of the file."""
        end = self._file.tell()
        self._file.seek(0)
        found = self._file.read(len(data))
        self._file.seek(end)
        return found == data

    def clear(self) -> None:
        """Remove all bytes."""
        self._file.seek(0)
        self._file.truncate()
        self._hash = sha256()

    def sync(self) -> None:
        """Wait until everything written is on disk."""
        os.fsync(self._file.fileno())
