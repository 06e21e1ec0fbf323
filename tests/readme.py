"""The README's tables that follow from the code. `python -m tests.readme` writes them into it."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import orjson

from events.catalogue import VOCABULARY
from events.rules import RULES
from service.settings import PREFIX, Settings

README: Final = Path(__file__).parents[1] / "README.md"

_BEFORE_THE_RULES: Final = {
    "field": "The event has the form that its type and CloudEvents ask for.",
    "event.conflict": "The same source and id come with the same content, from the same sender. (409)",
    "subject.exists": "What is new does not exist yet.",
    "subject.unknown": "What is referred to exists, is of a kind the field takes, and may be seen by the sender.",
    "sender.not_allowed": "The sender may record this, and under this source. (403)",
    "stream.version": "The streams in `If-Match` are at these versions. (412)",
    "batch.dependent": "In a lenient batch, nothing names what only a refused event of it would have created.",
}


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [tuple(head), *map(tuple, rows)]
    cells = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([cells[0], "|---" * len(lines[0]) + "|", *cells[1:]])


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
        rows.append(
            (
                f"`{PREFIX}{name.upper()}`",
                shown,
                next(filter(None, described)),
            )
        )
    return _table(("setting", "default", "what"), rows)


def vocabulary() -> str:
    """Return the table of event types."""
    rows = (
        (
            f"`{kind.name}`",
            " ".join((kind.model.__doc__ or "").split()),
            kind.model.recorded_by.value,
        )
        for kind in VOCABULARY.kinds
    )
    later = [kind for kind in VOCABULARY.kinds if kind.model.version > 1]
    names = " and ".join(
        f"of `{kind.name}` `.v{kind.model.version}` (earlier versions are still taken)"
        for kind in later
    )
    intro = f"The names on the wire are `org.howcanwe.<name>.v1`, {names}.\n\n"
    return intro + _table(("name", "what it says", "recorded by"), rows)


def rules() -> str:
    """Return the table of rules, in the order of judgement."""
    told = dict(_BEFORE_THE_RULES)
    for rule in RULES:
        told[rule.id] = f"{told[rule.id]} {rule.text}" if rule.id in told else rule.text
    return _table(("rule", "what holds"), ((f"`{rule}`", text) for rule, text in told.items()))


SECTIONS: Final[dict[str, Callable[[], str]]] = {
    "settings": settings,
    "vocabulary": vocabulary,
    "rules": rules,
}


def section(name: str, text: str) -> str:
    """Return what stands between a section's marks in the README's text."""
    match = re.search(rf"<!-- {name} -->\n(.*?)\n?<!-- /{name} -->", text, re.DOTALL)
    if match is None:
        raise ValueError(f"the README has no section {name}")
    return match.group(1)


def with_section(name: str, text: str, content: str) -> str:
    """Return the README's text with this content between a section's marks."""
    section(name, text)
    before, mark, rest = text.partition(f"<!-- {name} -->\n")
    end = f"<!-- /{name} -->"
    return f"{before}{mark}{content}\n{end}{rest.partition(end)[2]}"


def refreshed(text: str) -> str:
    """Return the README's text with every section as the code gives it."""
    for name, write in SECTIONS.items():
        text = with_section(name, text, write())
    return text


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text()))
