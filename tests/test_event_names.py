"""Outside `events/`, code names an event type by its class."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.vocabulary.catalogue import VOCABULARY

ROOT = Path(__file__).parents[1]
PACKAGES = ("projections", "service", "howcanwe")
SAMPLES = ROOT / "service" / "samples"
"""What is recorded as a sample is content: it stands there as senders write it."""

_NAMES = "|".join(re.escape(kind.name) for kind in VOCABULARY.kinds)
_NAMED = re.compile(rf"({_NAMES})|org\.howcanwe\.({_NAMES})(\.\S*)?")


def modules(package: str) -> Iterator[Path]:
    return (path for path in (ROOT / package).rglob("*.py") if not path.is_relative_to(SAMPLES))


@pytest.mark.parametrize("package", PACKAGES)
def test_no_string_names_an_event_type(package: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value}"
        for path in modules(package)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _NAMED.fullmatch(node.value)
    ]
    assert not found, "write the type's class or its name, such as HelpGiven.name"
