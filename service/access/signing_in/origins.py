"""Origins: the one that a request addressed, and whether a page of it sent a form. Every form is asked."""

from starlette.requests import HTTPConnection

from service.access.signing_in.transport import is_https


def is_from_own_page(request: HTTPConnection, public_url: str | None) -> bool:
    """Return whether the browser says that a page of the same origin sent the request.

    It says so by `Sec-Fetch-Site`, by `Origin`, or by both; what it sends must agree, and without either the answer is
    no. An origin is the same if it is the one that the request addressed, or that of the public URL.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if origin == "null":
        # Browsers send this for pages with the Referrer-Policy no-referrer, and for pages in a sandbox.
        origin = None
    if site is None and origin is None:
        return False
    return site in (None, "same-origin") and origin in (None, addressed(request), public_url)


def addressed(request: HTTPConnection) -> str:
    """Return the origin that the request addressed, as browsers write it."""
    scheme = "https" if is_https(request) else "http"
    return f"{scheme}://{request.headers.get('host', '').lower()}"
