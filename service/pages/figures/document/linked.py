"""Drawings and tables outside of the pages: their addresses lead to a server, or to nowhere if none is known.

Texts in the language of the report itself need not say so.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")
Address = Callable[[str], str | None]


def linked(drawn: T, address: Address, language: str) -> T:
    """Return the same with every `href` in it as `address` gives it, and every `language` but this one."""
    found: T = _linked(drawn, address, language)
    return found


def _linked(drawn: Any, address: Address, language: str) -> Any:
    if isinstance(drawn, tuple | list):
        return type(drawn)(_linked(one, address, language) for one in drawn)
    if not is_dataclass(drawn) or isinstance(drawn, type):
        return drawn
    changed = {}
    for field in fields(drawn):
        value = getattr(drawn, field.name)
        if field.name == "href":
            changed["href"] = None if value is None else address(value)
        elif field.name == "language":
            changed["language"] = None if value == language else value
        else:
            changed[field.name] = _linked(value, address, language)
    return replace(drawn, **changed)
