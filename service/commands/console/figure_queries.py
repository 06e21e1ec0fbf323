"""GraphQL queries for many figures over many scopes: as few as a server with the default limits answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from service.graphql.figure_documents import operation, variables_of

FIGURES_MAX: Final = 50
"""How many figures are asked for in one query. By default, a server allows the cost of nearly 100."""

SCOPES_MAX: Final = 25
"""How many scopes are in one query. Each is an alias, of which a server allows 30 by default."""


@dataclass(frozen=True, slots=True)
class FigurePart:
    """Figures of a request, which has a number: by name with their arguments, over one filter and at one moment."""

    number: int
    filter: Mapping[str, Any]
    at: str
    requested: Mapping[str, Mapping[str, Any]]

    def divided(self, most: int) -> list["FigurePart"]:
        """Return it as parts with at most so many figures."""
        names = list(self.requested)
        return [
            replace(self, requested={name: self.requested[name] for name in names[at : at + most]})
            for at in range(0, len(names), most)
        ]


def groups(parts: Sequence[FigurePart]) -> Iterator[list[FigurePart]]:
    """Yield the parts, divided if they are large, in groups that are one query each."""
    group: list[FigurePart] = []
    figures = 0
    for part in (small for one in parts for small in one.divided(FIGURES_MAX)):
        figures += len(part.requested)
        if group and (figures > FIGURES_MAX or len(group) == SCOPES_MAX):
            yield group
            group, figures = [], len(part.requested)
        group.append(part)
    if group:
        yield group


def halves(parts: Sequence[FigurePart]) -> list[list[FigurePart]]:
    """Return the parts in two halves, or the only part with half of its figures each; one figure stays as it is."""
    if len(parts) > 1:
        middle = len(parts) // 2
        return [list(parts[:middle]), list(parts[middle:])]
    [part] = parts
    return [[half] for half in part.divided(max(-(-len(part.requested) // 2), 1))]


def query(parts: Sequence[FigurePart], as_of: int) -> tuple[str, dict[str, Any]]:
    """Return the query for parts, whose answers are its fields `r0`, `r1` and so on, and its variables."""
    requests = [part.requested for part in parts]
    variables: dict[str, Any] = {"asOf": as_of, **variables_of(requests)}
    for place, part in enumerate(parts):
        variables |= {f"filter{place}": part.filter, f"at{place}": part.at}
    return operation(requests), variables
