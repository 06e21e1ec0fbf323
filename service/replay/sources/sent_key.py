"""The key that a program sends to a server. The client and replays of a server use it."""

import os
from typing import Final

KEY_VARIABLE: Final = "HOWCANWE_KEY"
NO_KEY: Final = (
    f"No key was sent: set the variable {KEY_VARIABLE} to one. `howcanwe keys create` makes one beside the service; "
    "elsewhere, ask the person who runs it."
)
"""What to do about a request that is refused because it has no key."""


def sent_key(key: str | None) -> str | None:
    """Return the key or token that is sent: this one, else that of the variable HOWCANWE_KEY; None for no key.

    Raises ValueError, which does not show the key, if it cannot be sent.
    """
    key = (key if key is not None else os.environ.get(KEY_VARIABLE, "")).strip()
    if not all("!" <= character <= "~" for character in key):
        # The HTTP library would quote it in its own error.
        raise ValueError(
            "the key has characters that keys and tokens never have; expected printable ASCII without blanks"
        )
    return key or None


def authorization(key: str | None) -> dict[str, str]:
    """Return the headers that send a key."""
    return {} if key is None else {"Authorization": f"Bearer {key}"}
