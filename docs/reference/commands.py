"""The command `howcanwe`, from the help of its commands."""

from collections.abc import Iterator
from typing import Any, Final

from docs.reference.markdown import cell, page, table
from service.cli import COMMANDS, LazyCommands

INTRODUCTION: Final = """`scripts/serve` and `scripts/test` install the command at
`.venv/bin/howcanwe`. Results go to standard output, progress and messages to standard error. Exit
codes: 0 if it is done, 1 if what was asked for does not hold or was refused, 2 for wrong usage.
`howcanwe COMMAND --help` prints what stands here."""


def _parameter(parameter: Any) -> tuple[str, str]:
    if parameter.param_type_name == "argument":
        name = parameter.name.upper()
        return f"`{name if parameter.required else f'[{name}]'}`", cell(parameter.help or "")
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    return names, cell(parameter.help or "")


def _command(name: str, command: Any) -> Iterator[str]:
    yield f"## howcanwe {name}"
    if command.help:
        yield "\n".join(line.strip() for line in command.help.splitlines())
    parameters = [_parameter(one) for one in command.params]
    if parameters:
        yield table(("parameter", "what"), parameters)
    for inner, found in getattr(command, "commands", {}).items():
        yield from _command(f"{name} {inner}", found)


def written() -> str:
    """Return the page of commands."""
    commands = LazyCommands()
    return page(
        "Commands",
        INTRODUCTION,
        *(part for name in COMMANDS for part in _command(name, commands[name])),
    )
