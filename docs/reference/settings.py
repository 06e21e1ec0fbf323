"""The settings, from their class."""

from typing import Final

import orjson

from docs.reference.markdown import page, table
from service.settings import PREFIX, Settings

INTRODUCTION: Final = """A setting is an environment variable. The commonest are flags too;
`howcanwe serve --help` lists them. A value that does not fit ends the command with exit code 2,
before anything has started."""


def _as_set(value: object) -> str:
    """Return a value as an environment variable gives it."""
    if isinstance(value, bool | dict):
        return orjson.dumps(value).decode()
    return str(value)


def settings() -> str:
    """Return the table of settings."""
    rows = []
    for name, field in Settings.model_fields.items():
        described = [
            field.description,
            *(getattr(mark, "description", None) for mark in field.metadata),
        ]
        shown = f"`{_as_set(field.default)}`" if field.default not in (None, ()) else ""
        if name == "data":
            shown = "`.data` in a checkout"
        rows.append((f"`{PREFIX}{name.upper()}`", shown, next(filter(None, described))))
    return table(("setting", "default", "what"), rows)


def written() -> str:
    """Return the page of settings."""
    return page("Settings", INTRODUCTION, settings())
