"""Whether a file or folder was changed while it was read. Everything that reads exports and tables asks it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.replay.errors import NotWhole, ReplayError

_State = tuple[int, int, int] | None


class Changed(NotWhole):
    """A file or folder was changed or removed while it was read."""

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(
            f"{path} was changed while it was read; run the command again when nothing writes to it any more"
            f" (found: {found})"
        )


class Stamp:
    """The state of a file or folder, and of the files that describe it, at the time when reading begins."""

    def __init__(self, path: Path, *describing: Path) -> None:
        self._path = path
        self._places = (path, *describing)
        self._states = self._now()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn an error of the system into a sentence. Any error says so if there was a change since the stamp.

        Raises Changed, or ReplayError.
        """
        try:
            yield
        except Changed:
            raise
        except ReplayError as error:
            if self._is_changed():
                raise Changed(self._path, str(error)) from None
            raise
        except OSError as error:
            place = self._path if error.filename is None else error.filename
            reason = f"{place} cannot be read: {error.strerror or error}"
            raise (
                Changed(self._path, reason) if self._is_changed() else ReplayError(reason)
            ) from None

    def _is_changed(self) -> bool:
        return self._now() != self._states

    def _now(self) -> tuple[_State, ...]:
        return tuple(map(_state, self._places))


def _state(path: Path) -> _State:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
