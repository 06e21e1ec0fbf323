"""Pieces of Markdown that the pages of the reference are made of."""

from collections.abc import Iterable


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table with these cells as they are."""
    lines = [tuple(head), *map(tuple, rows)]
    cells = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([cells[0], "|---" * len(lines[0]) + "|", *cells[1:]])


def cell(text: str) -> str:
    """Return a text as a table's cell: on one line, with nothing that would end the cell or be read as a tag."""
    parts = " ".join(text.split()).replace("|", "\\|").split("`")
    # Every second part is code, which is shown as it is.
    return "`".join(
        part if n % 2 else part.replace("<", "&lt;").replace("[", "\\[")
        for n, part in enumerate(parts)
    )


def code(text: str) -> str:
    """Return a text as code in a line."""
    return f"`{text}`"


def block(language: str, text: str) -> str:
    """Return a text as a block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def page(title: str, *parts: str) -> str:
    """Return a page with this title and these paragraphs, tables and headings."""
    return "\n\n".join([f"# {title}", *filter(None, parts)]) + "\n"
