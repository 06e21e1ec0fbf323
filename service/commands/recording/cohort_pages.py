"""Says at the end of `howcanwe record` where to read what was recorded: on the pages of its cohorts."""

import os
from collections.abc import Iterable
from typing import Final

import typer

from service.access.key import PREFIX as KEY_PREFIX
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

    def report(self, address: str, key: str | None = None) -> None:
        """Print where the service at this address shows them, and how to sign in there."""
        if not self._cohorts:
            return
        pages = [of_stream(f"cohort/{cohort}") for cohort in self._cohorts]
        for page in pages:
            typer.echo(f"Read it at {address.rstrip('/')}{page}")
        typer.echo(
            "If the page is not found, sign in: with your key at "
            f"{address.rstrip('/')}/sign-in?to={pages[0]}, or with the link from: howcanwe keys link {_id_of(key)}"
        )


def _id_of(key: str | None) -> str:
    """Return the id of a key, by default that of the variable; the word for it if there is no such key."""
    parts = (key or os.environ.get(f"{PREFIX}KEY", "")).split("_", 2)
    return parts[1] if parts[0] == KEY_PREFIX and len(parts) > 1 else "ID"
