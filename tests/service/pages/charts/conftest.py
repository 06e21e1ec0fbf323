"""The environment that the pages give their templates, and charts drawn in it."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from jinja2 import Environment, PackageLoader, StrictUndefined

Draw = Callable[..., str]
"""Draws `macro` of the template of a chart with arguments, and returns the markup."""


@pytest.fixture(scope="session")
def environment() -> Environment:
    """Templates in English, as the pages load them."""
    made = Environment(
        loader=PackageLoader("service", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # which the extension adds
    return made


@pytest.fixture(scope="session")
def draw(environment: Environment) -> Draw:
    """Draw a macro of charts/."""

    def drawn(chart: str, *arguments: Any, macro: str = "", **options: Any) -> str:
        module = environment.get_template(f"charts/{chart}.html").module
        return str(getattr(module, macro or chart)(*arguments, **options))

    return drawn


def parsed(markup: str) -> ElementTree.Element:
    """Return the markup as XML. Raises ParseError if an element is not closed or a text is not escaped."""
    return ElementTree.fromstring(f"<body>{markup}</body>")
