"""Pages and the files that they load, compressed with gzip for who accepts that: a long journey is a sixth then."""

import gzip
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

BYTES_MIN: Final = 1_000
"""What is smaller fits into a packet anyway."""

_LEVEL: Final = 4
_TYPES: Final = ("text/", "image/svg+xml", "application/json")
_ENCODING: Final = "Accept-Encoding"


def compressed(request: Request, response: Response) -> Response:
    """Compress the content of the response if the client accepts that and it is a text of some size; return it.

    What is shown to those who are signed in is not compressed if the address has parameters: somebody who makes them
    visit such addresses and sees how much is sent could guess at what is on the page, letter by letter (BREACH, 2013).
    """
    headers = response.headers
    headers.add_vary_header(_ENCODING)
    is_told_apart = bool(request.url.query) and headers.get("cache-control") == "no-store"
    is_text = headers.get("content-type", "").startswith(_TYPES)
    if is_told_apart or not is_text or len(response.body) < BYTES_MIN or not _accepts(request):
        return response
    response.body = gzip.compress(response.body, _LEVEL, mtime=0)
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(response.body))
    return response


def _accepts(request: Request) -> bool:
    """Return whether the client accepts gzip (RFC 9110, section 12.5.3)."""
    for given in ",".join(request.headers.getlist(_ENCODING)).split(","):
        name, *parameters = (part.strip().lower() for part in given.split(";"))
        if name == "gzip":
            return not any(_is_zero(parameter) for parameter in parameters)
    return False


def _is_zero(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name == "q" and not value.strip("0.")
