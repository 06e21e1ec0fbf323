"""What a figure is: a function of a view, with its name, its definition, and whether a partial view would distort
it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Concatenate, Final, ParamSpec

from projections.insights.measures.sums import Part, answered
from projections.insights.perspective.scoped import ScopedPerspective

P = ParamSpec("P")
Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Definition:
    """A figure by its name, the text that defines it, and the function that computes it.

    `whole` says that it is null where a partial view would distort it. `part` gives what it adds up from, if it is the
    sum over the places of its scope.
    """

    name: str
    text: str
    whole: bool
    compute: Callable[..., Answer | None]
    part: Callable[[ScopedPerspective], Part] | None = None


FIGURES: Final[dict[str, Definition]] = {}
"""The figures there are, by name, in the order in which they were defined."""


def figure(
    name: str, *, whole: bool = False
) -> Callable[
    [Callable[Concatenate[ScopedPerspective, P], Answer]],
    Callable[Concatenate[ScopedPerspective, P], Answer | None],
]:
    """Register a function as the figure of this name; its docstring is the definition.

    With `whole` it answers None where the viewer is neither facilitator of all cohorts in scope nor an organisation
    that asks for itself alone.
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
    """Register a function as the figure of this name that gives what the answer is told of, for any part of a scope.

    The sum over all parts gives the answer over the scope. Its docstring is the definition; `whole` as for `figure`.
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
"""What figures give of the same part of a scope, by the figures' names."""


def parts_of(
    view: ScopedPerspective, *, whole: bool, names: Collection[str] | None = None
) -> Parts:
    """Return the parts of the figures that are sums (of these, where `names` is given) in what is in view.

    Without `whole`, those that a partial view would distort are left out.
    """
    return {
        name: definition.part(view)
        for name, definition in FIGURES.items()
        if definition.part is not None
        and (whole or not definition.whole)
        and (names is None or name in names)
    }
