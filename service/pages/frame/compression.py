"""Pages and the files that they load, compressed with gzip for who accepts that: a long journey is a sixth then."""

import gzip
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from service.http.requests.accept import accepted_coding

BYTES_MIN: Final = 1_000
"""What is smaller fits into a packet anyway."""

_LEVEL: Final = 4
_TYPES: Final = ("text/", "image/svg+xml", "application/json")
_ENCODING: Final = "Accept-Encoding"
_CODING: Final = "gzip"


def compressed(request: Request, response: Response) -> Response:
    """Compress the content of the response if the client accepts that and it is a text of some size; return it.

    What is shown to those who are signed in is not compressed if the address has parameters: somebody who makes them
    visit such addresses and sees how much is sent could guess at what is on the page, letter by letter (BREACH, 2013).
    """
    headers = response.headers
    headers.add_vary_header(_ENCODING)
    is_told_apart = bool(request.url.query) and headers.get("cache-control") == "no-store"
    is_accepted = accepted_coding(request.headers.getlist(_ENCODING), (_CODING,)) is not None
    is_text = headers.get("content-type", "").startswith(_TYPES)
    if is_told_apart or not is_text or len(response.body) < BYTES_MIN or not is_accepted:
        return response
    response.body = gzip.compress(response.body, _LEVEL, mtime=0)
    headers["Content-Encoding"] = _CODING
    headers["Content-Length"] = str(len(response.body))
    return response
