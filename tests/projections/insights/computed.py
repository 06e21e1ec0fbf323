"""What was computed of figures, and not taken from what is kept."""

from projections.insights.figures.definition import Parts, parts_of
from projections.insights.index.indexed import Place
from projections.insights.perspective.scoped import ScopedPerspective


class ComputedParts:
    """Computes the parts of the figures as `parts_of` does, and notes the `places` in which."""

    def __init__(self) -> None:
        self.places: list[Place | None] = []

    def __call__(self, view: ScopedPerspective, *, whole: bool) -> Parts:
        """Return the parts in the view's place."""
        self.places.append(view.place)
        return parts_of(view, whole=whole)
