"""Which build of the code computed the read models."""

from pathlib import Path
from typing import Final

import events
import projections
from events.fingerprint import fingerprint_of

_PACKAGES: Final = {
    name: Path(str(package.__file__)).parent
    for name, package in (("events", events), ("projections", projections))
}

# What the read models are computed with. `tests/projections/test_fingerprint.py` holds the list to the imports.
ROW_SOURCES: Final = (
    "events/__init__.py",
    "events/access/*.py",
    "events/catalogue.py",
    "events/event.py",
    "events/faults.py",
    "events/fields.py",
    "events/folding.py",
    "events/identity.py",
    "events/json_text.py",
    "events/moments.py",
    "events/placement.py",
    "events/recorded.py",
    "events/subjects.py",
    "events/terms.py",
    "events/types/*.py",
    "events/world.py",
    "projections/__init__.py",
    "projections/fold.py",
    "projections/models/*.py",
    "projections/projection.py",
    "projections/step.py",
    "projections/tables.py",
    "projections/titles.py",
    "projections/words.py",
)


def row_sources() -> dict[str, Path]:
    """Return the files that decide what the rows are, by their name in the project."""
    return {
        f"{package}/{path.relative_to(_PACKAGES[package]).as_posix()}": path
        for package, _, pattern in (source.partition("/") for source in ROW_SOURCES)
        for path in _PACKAGES[package].glob(pattern)
    }


# Of the files as they are when the code is loaded: they may be replaced while it runs.
_FINGERPRINT: Final = fingerprint_of(row_sources())


def fingerprint() -> str:
    """Return twelve hex digits that are the same for builds whose read models are."""
    return _FINGERPRINT
