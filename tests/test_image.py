"""The image installs what its service needs to give everything that the documentation promises."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
INSTALLED: Final = re.compile(r"--python /opt/howcanwe/bin/python install [^&]*--requirement (\S+)")


def locked() -> set[str]:
    """Return the names of the packages that the Dockerfile installs beside the service."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
    [file] = INSTALLED.findall(text)
    assert re.search(rf"^COPY .*\b{re.escape(file)}\b", text, re.MULTILINE)
    return set(re.findall(r"^([\w.-]+)(?:\[[^]]*])?==", (ROOT / file).read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    ("package", "why"), [("pyarrow", "events as Arrow"), ("mcp", "tools for assistants")]
)
def test_the_image_has_the_packages_of_optional_answers(package: str, why: str) -> None:
    assert package in locked(), why
