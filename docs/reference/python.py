"""The Python interface: the modules that programs import, each with what it defines."""

from typing import Final

from docs.reference.markdown import page

MODULES: Final = (
    "events.log",
    "service.replay",
    "projections.projection",
    "projections.tables",
    "projections.journey",
)
"""What is public. Everything else may change with any release."""

INTRODUCTION: Final = """These modules are public. Other modules may change with any release. The
import packages are `events`, `projections` and `service`; these names are taken in an environment
where howcanwe is installed."""


def written() -> str:
    """Return the page of the Python interface, for mkdocstrings to fill."""
    return page("Python", INTRODUCTION, *(f"## {name}\n\n::: {name}" for name in MODULES))
