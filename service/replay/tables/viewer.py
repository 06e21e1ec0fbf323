"""The viewer of tables and figures of a database or an exported file, as people write it."""

from collections.abc import Callable, Collection
from typing import Final

from events.access.principal import Role
from events.vocabulary.values.likeness import close
from projections.insights.perspective.viewer import FigureViewer
from service.replay.errors import ReplayError

UNRESTRICTED: Final = "facilitator"
"""The viewer from whom nothing is hidden, as people write it."""
_MEANT_MAX: Final = 3


def viewer_of(text: str | None) -> FigureViewer:
    """Return the viewer that people write in this way; `UNRESTRICTED`, if none is given. Raises ReplayError."""
    try:
        return FigureViewer.named(UNRESTRICTED if text is None else text)
    except ValueError as error:
        raise ReplayError(f"viewer {error}") from None


def check_known(viewer: FigureViewer, keys_of: Callable[[str], Collection[str]]) -> None:
    """Raise ReplayError if a log has not the organisation or a cohort of the viewer: such a viewer is the public.

    `keys_of` returns the keys that a log ever had, by kind.
    """
    if viewer.role is Role.ORGANISATION:
        kind, named = "organisation", [viewer.organisation or ""]
    else:
        kind, named = "cohort", sorted(viewer.cohorts)
    known = keys_of(kind) if named else ()
    for key in named:
        if key not in known:
            near = close(key, known, _MEANT_MAX)
            meant = f"; did you mean {' or '.join(near)}?" if near else ""
            raise ReplayError(f"there is no {kind} {key} in this log{meant}")
