"""Drawings and tables outside of the pages: their addresses lead to a server, or to nowhere if none is known."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")
Address = Callable[[str], str | None]


def linked(drawn: T, address: Address) -> T:
    """Return the same with every `href` in it as `address` gives it."""
    found: T = _linked(drawn, address)
    return found


def _linked(drawn: Any, address: Address) -> Any:
    if isinstance(drawn, tuple | list):
        return type(drawn)(_linked(one, address) for one in drawn)
    if not is_dataclass(drawn) or isinstance(drawn, type):
        return drawn
    changed = {}
    for field in fields(drawn):
        value = getattr(drawn, field.name)
        if field.name == "href":
            changed["href"] = None if value is None else address(value)
        else:
            changed[field.name] = _linked(value, address)
    return replace(drawn, **changed)
