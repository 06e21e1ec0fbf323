"""A tree as nested lists: which question came from which."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from service.pages.charts.geometry import Mark

DEPTH_MAX: Final = 6
"""What lies deeper is listed on this level, after its parent, so that a phone has room for its words."""


@dataclass(frozen=True)
class Node:
    """A text with what came of it, as marks and in words, and the nodes that came from it."""

    text: str
    href: str | None = None
    note: str = ""
    marks: tuple[Mark, ...] = ()
    children: Sequence["Node"] = ()


@dataclass(frozen=True)
class Branch:
    """A node with what is drawn below it. `depth` is that in the tree, from 1, also where it is not drawn."""

    node: Node
    depth: int
    branches: tuple["Branch", ...] = ()

    @property
    def is_too_deep(self) -> bool:
        """Whether it is drawn higher than it lies in the tree."""
        return self.depth > DEPTH_MAX


def tree(nodes: Sequence[Node]) -> tuple[Branch, ...]:
    """Return the nodes in their order, nested at most `DEPTH_MAX` levels deep."""
    return _branches(nodes, 1)


def _branches(nodes: Sequence[Node], depth: int) -> tuple[Branch, ...]:
    if depth == DEPTH_MAX:
        return tuple(_flat(nodes, depth))
    return tuple(Branch(node, depth, _branches(node.children, depth + 1)) for node in nodes)


def _flat(nodes: Sequence[Node], depth: int) -> list[Branch]:
    found = []
    waiting = [(node, depth) for node in reversed(nodes)]
    while waiting:
        node, its_depth = waiting.pop()
        found.append(Branch(node, its_depth))
        waiting += [(child, its_depth + 1) for child in reversed(node.children)]
    return found
