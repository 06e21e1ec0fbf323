"""The fingerprint of the code that computes the subjects' states. The recorder compares it with the stored one."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parents[1]

# The code that decides a subject's state. `tests/events/state/test_fingerprint.py` compares the list with the imports.
STATE_SOURCES: Final = (
    "__init__.py",
    "lines/__init__.py",
    "lines/recorded.py",
    "state/__init__.py",
    "state/draft.py",
    "state/folding.py",
    "state/folds/*.py",
    "state/placement.py",
    "state/present_events.py",
    "state/state_view.py",
    "state/subjects.py",
    "vocabulary/__init__.py",
    "vocabulary/annotations.py",
    "vocabulary/catalogue.py",
    "vocabulary/corrections.py",
    "vocabulary/derived.py",
    "vocabulary/event.py",
    "vocabulary/faults.py",
    "vocabulary/fields/*.py",
    "vocabulary/recorded_data.py",
    "vocabulary/stream.py",
    "vocabulary/term.py",
    "vocabulary/terms.py",
    "vocabulary/types/*.py",
    "vocabulary/values/identity.py",
    "vocabulary/values/language_tags.py",
    "vocabulary/values/likeness.py",
    "vocabulary/values/question_form.py",
    "vocabulary/values/text_folding.py",
    "vocabulary/values/times.py",
)


def state_sources() -> dict[str, Path]:
    """Return the files that decide the states, by their names in the package."""
    return {
        path.relative_to(_FOLDER).as_posix(): path
        for source in STATE_SOURCES
        for path in _FOLDER.glob(source)
    }


def fingerprint_of(sources: Mapping[str, Path]) -> str:
    """Return twelve hex digits that are the same for all builds with the same content of these files."""
    digest = sha256()
    for name, path in sorted(sources.items()):
        digest.update(name.encode() + b"\0" + sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


# It is computed when the code is loaded, because the files may be replaced while it runs.
_STATE_FINGERPRINT: Final = fingerprint_of(state_sources())


def state_fingerprint() -> str:
    """Return twelve hex digits that are the same for all builds that compute the same states."""
    return _STATE_FINGERPRINT
