"""Says at the end of `howcanwe record` how to read what was recorded: sign in, then on the pages of its cohorts."""

import os
from collections.abc import Iterable, Sequence
from typing import Final

import typer

from service.access.key import PREFIX as KEY_PREFIX
from service.commands.console.program import printed
from service.commands.recording.event_texts import EventText
from service.pages.frame.addresses import of_stream
from service.settings import PREFIX

COHORTS_MAX: Final = 3
"""How many cohorts are named."""
_NAMING: Final = b'"cohort"'


class CohortPages:
    """The pages of the cohorts that recorded events name, as far as a few are enough."""

    def __init__(self) -> None:
        self._cohorts: dict[str, None] = {}

    def take(self, events: Iterable[EventText]) -> None:
        """Take events that were recorded."""
        for event in events:
            if len(self._cohorts) >= COHORTS_MAX:
                return
            if _NAMING in event.text and isinstance(key := event.value["data"].get("cohort"), str):
                self._cohorts[key] = None

    def report(
        self, address: str, key: str | None = None, *, keys_at: Sequence[str] | None = ()
    ) -> None:
        """Print how to sign in at the service at this address, and where it then shows them.

        `keys_at` are the options of a command for the keys of that service; None if they are on another machine.
        """
        if not self._cohorts:
            return
        there = address.rstrip("/")
        pages = [of_stream(f"cohort/{cohort}") for cohort in self._cohorts]
        link = "" if keys_at is None else _link(_id_of(key), pages[0], keys_at)
        typer.echo(f"Sign in with your key at {there}/sign-in?to={pages[0]}{link}")
        for page in pages:
            typer.echo(f"Then read it at {there}{page}")


def _link(id_: str | None, page: str, keys_at: Sequence[str]) -> str:
    """Return the end of a sentence: the command that makes a link to a page, for a key or any one."""
    command = printed("keys", "link", id_ or "ID", "--page", page, *keys_at)
    ids = "" if id_ else f" (ID of a key: {printed('keys', 'list', *keys_at)})"
    return f", or with the link from: {command}{ids}"


def _id_of(key: str | None) -> str | None:
    """Return the id of a key, by default that of the variable; None if there is no such key."""
    parts = (key or os.environ.get(f"{PREFIX}KEY", "")).split("_", 2)
    return parts[1] if parts[0] == KEY_PREFIX and len(parts) > 1 else None
