"""Definitions of figures: a name, a text, a function, and whether a partial view would distort the figure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Concatenate, Final, ParamSpec

from projections.insights.measures.sums import Part, answered
from projections.insights.perspective.scoped import ScopedPerspective

P = ParamSpec("P")
Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Definition:
    """A figure: its name, the text that defines it, and the function that computes it.

    If `whole` is true, the figure is null for viewers whose view is partial. If the figure is a sum over the places of
    its scope, `part` computes the part of one place.
    """

    name: str
    text: str
    whole: bool
    compute: Callable[..., Answer | None]
    part: Callable[[ScopedPerspective], Part] | None = None


FIGURES: Final[dict[str, Definition]] = {}
"""All figures by name, in the order in which they were defined."""


def figure(
    name: str, *, whole: bool = False
) -> Callable[
    [Callable[Concatenate[ScopedPerspective, P], Answer]],
    Callable[Concatenate[ScopedPerspective, P], Answer | None],
]:
    """Register a function as the figure with this name. Its docstring is the definition.

    With `whole`, the figure is None unless the viewer is a facilitator or an evaluator of all cohorts in scope, or an
    organisation that asks only about itself.
    """

    def register(
        compute: Callable[Concatenate[ScopedPerspective, P], Answer],
    ) -> Callable[Concatenate[ScopedPerspective, P], Answer | None]:
        def answer(view: ScopedPerspective, /, *args: P.args, **kwargs: P.kwargs) -> Answer | None:
            asked_of = kwargs.get("organisation")
            if whole and not view.is_whole(asked_of if isinstance(asked_of, str) else None):
                return None
            return compute(view, *args, **kwargs)

        answer.__doc__ = compute.__doc__
        text = " ".join((compute.__doc__ or "").split())
        FIGURES[name] = Definition(name, text, whole, answer)
        return answer

    return register


def summed(
    name: str, *, whole: bool = False
) -> Callable[[Callable[[ScopedPerspective], Part]], Callable[[ScopedPerspective], Part]]:
    """Register a function that computes the part of a figure in any part of a scope.

    The sum of all parts is the figure over the scope. Its docstring is the definition. For `whole`, see `figure`.
    """

    def register(part: Callable[[ScopedPerspective], Part]) -> Callable[[ScopedPerspective], Part]:
        def answer(view: ScopedPerspective) -> Answer:
            return dict(answered(part(view)))

        answer.__doc__ = part.__doc__
        figure(name, whole=whole)(answer)
        FIGURES[name] = replace(FIGURES[name], part=part)
        return part

    return register


Parts = Mapping[str, Part]
"""The parts of figures in the same part of a scope, by the names of the figures."""


def parts_of(
    view: ScopedPerspective, *, whole: bool, names: Collection[str] | None = None
) -> Parts:
    """Return the parts of those figures that are sums, in the given view; only of those in `names` if it is given.

    Without `whole`, figures that a partial view would distort are left out.
    """
    return {
        name: definition.part(view)
        for name, definition in FIGURES.items()
        if definition.part is not None
        and (whole or not definition.whole)
        and (names is None or name in names)
    }
