"""The fingerprint of the code that computes the read models. The builds are named after it."""

from pathlib import Path
from typing import Final

import events
import projections
from events.state.fingerprint import fingerprint_of

_PACKAGES: Final = {
    name: Path(str(package.__file__)).parent
    for name, package in (("events", events), ("projections", projections))
}

# The code that computes the read models. `tests/projections/updating/test_fingerprint.py` compares the list with the
# imports.
ROW_SOURCES: Final = (
    "events/__init__.py",
    "events/access/__init__.py",
    "events/access/audience.py",
    "events/access/policy.py",
    "events/lines/__init__.py",
    "events/lines/recorded.py",
    "events/state/__init__.py",
    "events/state/placement.py",
    "events/state/state_view.py",
    "events/state/subjects.py",
    "events/vocabulary/__init__.py",
    "events/vocabulary/catalogue.py",
    "events/vocabulary/corrections.py",
    "events/vocabulary/derived.py",
    "events/vocabulary/event.py",
    "events/vocabulary/faults.py",
    "events/vocabulary/fields/*.py",
    "events/vocabulary/recorded_data.py",
    "events/vocabulary/stream.py",
    "events/vocabulary/term.py",
    "events/vocabulary/terms.py",
    "events/vocabulary/types/*.py",
    "events/vocabulary/values/identity.py",
    "events/vocabulary/values/language_tags.py",
    "events/vocabulary/values/likeness.py",
    "events/vocabulary/values/question_form.py",
    "events/vocabulary/values/strict_json.py",
    "events/vocabulary/values/text_folding.py",
    "events/vocabulary/values/times.py",
    "projections/__init__.py",
    "projections/folding/__init__.py",
    "projections/folding/decorators.py",
    "projections/folding/fold.py",
    "projections/folding/projection.py",
    "projections/folding/step.py",
    "projections/folding/tables.py",
    "projections/models/*.py",
)


def row_sources() -> dict[str, Path]:
    """Return the files that decide the rows, by their names in the project."""
    return {
        f"{package}/{path.relative_to(_PACKAGES[package]).as_posix()}": path
        for package, _, pattern in (source.partition("/") for source in ROW_SOURCES)
        for path in _PACKAGES[package].glob(pattern)
    }


# It is computed when the code is loaded, because the files may be replaced while it runs.
_FINGERPRINT: Final = fingerprint_of(row_sources())


def fingerprint() -> str:
    """Return twelve hex digits that are the same for all builds that compute the same read models."""
    return _FINGERPRINT
