"""Days in the addresses of pages, such as `?at=2024-07-01`: what cannot be read is refused.

Every page that takes a day reads it here, or raises the same error. `answers` then answers with status 400,
by a page that says what cannot be read and what is expected.
"""

import re
from datetime import date
from typing import Final

from service.pages.frame.page import Visit

_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class UnreadableDay(ValueError):
    """A parameter of an address has no day that the page can show.

    `name` and `text` are the parameter's. `takes_position` says whether it may also be a position of the log.
    """

    def __init__(self, name: str, text: str, *, takes_position: bool = False) -> None:
        super().__init__(f"{name}={text}")
        self.name = name
        # HTML has no NUL.
        self.text = text.replace("\0", "\ufffd")
        self.takes_position = takes_position


class NoDaysBetween(ValueError):
    """The address's last day, `to`, is not after its first one, `from`."""


def day_in(visit: Visit, name: str, *, takes_position: bool = False) -> date | None:
    """Return the day that a parameter of the address asks about, None without one. Raises UnreadableDay."""
    text = visit.query.get(name, "").strip()
    if not text:
        return None
    try:
        if _FORM.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UnreadableDay(name, text, takes_position=takes_position)
