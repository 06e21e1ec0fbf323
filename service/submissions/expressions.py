"""Expressions: JMESPath, bounded in size, depth and steps. Mappings take from a submission with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError
from jmespath.visitor import Options, TreeInterpreter

CHARACTERS_MAX: Final = 1_000
DEPTH_MAX: Final = 30
_CHARACTERS_OF_A_STEP: Final = 16
_MAKING: Final = (
    "flatten",
    "filter_projection",
    "function_expression",
    "multi_select_dict",
    "multi_select_list",
    "projection",
    "slice",
    "value_projection",
)
"""What makes a new value, which may be larger than what it is made of."""


class Unusable(Exception):
    """The text is no expression that can be used. The message is a sentence that says why."""


class Failed(Exception):
    """An expression has no value for a submission. The message is a sentence that says why."""


@dataclass
class Steps:
    """How many steps are left for the expressions of a submission."""

    left: int

    def take(self, number: int = 1) -> None:
        """Take steps. Raises Failed if fewer are left."""
        self.left -= number
        if self.left < 0:
            raise Failed("The expressions take too many steps for this submission.")


@dataclass(frozen=True)
class Expression:
    """An expression that can be evaluated."""

    text: str
    tree: Mapping[str, Any]

    @classmethod
    def of(cls, text: str) -> "Expression":
        """Return the expression that a text is. Raises Unusable."""
        if len(text) > CHARACTERS_MAX:
            raise Unusable(f"The expression has more than {CHARACTERS_MAX:,} characters.")
        try:
            tree: Mapping[str, Any] = jmespath.compile(text).parsed
        except (JMESPathError, ValueError) as error:
            raise Unusable(f"This is not JMESPath: {_in_one_line(error)}.") from None
        except RecursionError:
            raise Unusable(f"The expression is nested more than {DEPTH_MAX} deep.") from None
        if _depth(tree) > DEPTH_MAX:
            raise Unusable(f"The expression is nested more than {DEPTH_MAX} deep.")
        known = functions.Functions.FUNCTION_TABLE
        for node in _walked(tree):
            if node["type"] == "function_expression" and node["value"] not in known:
                raise Unusable(f"JMESPath has no function {node['value']!r}.")
        return cls(text, tree)

    def value(self, document: Any, steps: Steps) -> Any:
        """Return the value in a document; None if it has none. Raises Failed."""
        try:
            return _Interpreter(steps).visit(self.tree, document)
        except Failed:
            raise
        except Exception:
            # The library raises errors of many kinds, some of which quote the whole value.
            detail = f"The expression {self.text!r} is not meant for what the submission contains."
            raise Failed(detail) from None


class _Functions(functions.Functions):  # type: ignore[misc]  # it ships no types
    """The functions of JMESPath, of which none makes a text that is much longer than its arguments."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    @functions.signature({"types": ["string"]}, {"types": ["array-string"]})  # type: ignore[untyped-decorator]  # as above
    def _func_join(self, separator: str, parts: list[str]) -> str:
        self._steps.take(len(separator) * len(parts) // _CHARACTERS_OF_A_STEP)
        return separator.join(parts)


class _Interpreter(TreeInterpreter):  # type: ignore[misc]  # it ships no types
    """Evaluates an expression. Each node takes a step, and so does each part of a value that is made."""

    def __init__(self, steps: Steps) -> None:
        super().__init__(Options(custom_functions=_Functions(steps)))
        self._steps = steps

    def visit(self, node: Mapping[str, Any], *args: Any, **more: Any) -> Any:
        """Return the value of a node. Raises Failed when no steps are left."""
        self._steps.take()
        value = super().visit(node, *args, **more)
        if node["type"] in _MAKING:
            # Its parts may be the same one many times, which takes no room until something goes through them.
            self._count(value)
        return value

    def _count(self, value: Any) -> None:
        waiting = [value]
        while waiting:
            one = waiting.pop()
            self._steps.take(1 + (len(one) // _CHARACTERS_OF_A_STEP if isinstance(one, str) else 0))
            if isinstance(one, dict):
                waiting += one.values()
            elif isinstance(one, list):
                waiting += one


def _children(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    # A slice has numbers there.
    return (child for child in node.get("children", ()) if isinstance(child, dict))


def _walked(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += _children(node)


def _depth(tree: Mapping[str, Any]) -> int:
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [child for node in level for child in _children(node)]
    return depth


def _in_one_line(error: Exception) -> str:
    return "".join(str(error).splitlines()[:1]).rstrip(".:, ")
