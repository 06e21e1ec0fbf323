"""Cells of tables that people open with a spreadsheet program, in exports, tables and downloads."""

from typing import Any, Final

FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""How a text begins that spreadsheets take for a formula; the last four are the wide forms of the first."""


def harmless(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula: such a text begins with an apostrophe.

    Numbers stay as they are.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
