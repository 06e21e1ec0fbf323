"""Which web pages may use the tools for assistants, by the `Origin` that a browser sends with every POST.

A page elsewhere could reach a service of its reader's network, if its name is made to lead there (DNS rebinding). The
`Host` header needs no check of its own: what sends no `Origin` is no page, and a proxy may rewrite `Host`.
"""

import re
from typing import Final

from service.settings import Settings

_LOOPBACK: Final = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")
_ALL: Final = "*"


def may_call(origin: str | None, settings: Settings) -> bool:
    """Return whether a request with this `Origin` may call: none, the service's own, a loopback's, or one allowed."""
    if origin is None or _ALL in settings.cors_origins:
        return True
    return (
        origin in (settings.public_url, *settings.cors_origins)
        or _LOOPBACK.fullmatch(origin) is not None
    )
