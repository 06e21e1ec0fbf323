"""How a request arrived: over https, or on this machine. Cookies and the pages of signing in ask it."""

from ipaddress import ip_address

from starlette.requests import HTTPConnection


def is_https(request: HTTPConnection) -> bool:
    """Return whether the browser sent the request over https, also if a proxy passed it on over http.

    The scope's scheme says so: uvicorn takes it from the proxy's headers, and `service.middleware.public_scheme` from
    the public URL.
    """
    return request.scope["scheme"] in ("https", "wss")


def is_on_this_machine(request: HTTPConnection) -> bool:
    """Return whether the browser addressed a loopback host, so that nothing was sent over a network.

    The address of the client does not say so: behind a proxy on this machine, it may be the proxy's.
    """
    host = request.headers.get("host", "").lower()
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return is_loopback(name)


def is_loopback(name: str) -> bool:
    """Return whether a host with this name or address in lower case is this machine."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def may_sign_in(request: HTTPConnection) -> bool:
    """Return whether signing in is safe here: over https, or on this machine. Elsewhere others could read the key."""
    return is_https(request) or is_on_this_machine(request)
