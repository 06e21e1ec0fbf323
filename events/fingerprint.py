"""Which build of the code folded the subjects' states: what `events.draft` is made of decides what they are."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent

# What decides a subject's state. `tests/events/test_fingerprint.py` holds the list to the imports.
STATE_SOURCES: Final = (
    "__init__.py",
    "catalogue.py",
    "draft.py",
    "event.py",
    "faults.py",
    "fields.py",
    "folding.py",
    "folds.py",
    "identity.py",
    "moments.py",
    "placement.py",
    "recorded.py",
    "subjects.py",
    "terms.py",
    "types/*.py",
    "world.py",
)


def state_sources() -> dict[str, Path]:
    """Return the files that decide what the states are, by their name in the package."""
    return {
        path.relative_to(_FOLDER).as_posix(): path
        for source in STATE_SOURCES
        for path in _FOLDER.glob(source)
    }


def fingerprint_of(sources: Mapping[str, Path]) -> str:
    """Return twelve hex digits that are the same for builds in which these files are."""
    digest = sha256()
    for name, path in sorted(sources.items()):
        digest.update(name.encode() + b"\0" + sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


# Of the files as they are when the code is loaded: they may be replaced while it runs.
_STATE_FINGERPRINT: Final = fingerprint_of(state_sources())


def state_fingerprint() -> str:
    """Return twelve hex digits that are the same for builds whose states are."""
    return _STATE_FINGERPRINT
