"""The README's tables are those of the code. That its examples work, `tests.docs` says."""

import pytest

from tests.readme import README, SECTIONS, refreshed, section


@pytest.mark.parametrize("name", SECTIONS)
def test_the_tables_are_those_of_the_code(name: str) -> None:
    text = README.read_text()
    assert section(name, text) == section(name, refreshed(text)), (
        "python -m tests.readme writes them again"
    )
