"""What a figure is: a function of a view, with its name, its definition, and whether a partial view would distort
it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec

from projections.insights.view import View

P = ParamSpec("P")
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Definition:
    """A figure by its name, the text that defines it, and the function that computes it.

    `whole` says that it is null where a partial view would distort it.
    """

    name: str
    text: str
    whole: bool
    compute: Callable[..., Answer | None]


FIGURES: Final[dict[str, Definition]] = {}
"""The figures there are, by name, in the order in which they were defined."""


def figure(
    name: str, *, whole: bool = False
) -> Callable[
    [Callable[Concatenate[View, P], Answer]], Callable[Concatenate[View, P], Answer | None]
]:
    """Register a function as the figure of this name; its docstring is the definition.

    With `whole` it answers None where the viewer is neither facilitator of all cohorts in scope nor an organisation
    that asks for itself alone.
    """

    def register(
        compute: Callable[Concatenate[View, P], Answer],
    ) -> Callable[Concatenate[View, P], Answer | None]:
        def answer(view: View, /, *args: P.args, **kwargs: P.kwargs) -> Answer | None:
            asked_of = kwargs.get("organisation")
            if whole and not view.is_whole(asked_of if isinstance(asked_of, str) else None):
                return None
            return compute(view, *args, **kwargs)

        answer.__doc__ = compute.__doc__
        text = " ".join((compute.__doc__ or "").split())
        FIGURES[name] = Definition(name, text, whole, answer)
        return answer

    return register
