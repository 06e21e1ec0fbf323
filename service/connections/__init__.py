"""Clients' connections: https, and limits on their number, on how requests arrive, and on stalled clients.

`service.server` passes the two protocols of `protocols` to uvicorn.
"""

from service.connections.admission import Admission, descriptors_for
from service.connections.certificate import tls_context
from service.connections.protocols import http_protocol, websocket_protocol

__all__ = ["Admission", "descriptors_for", "http_protocol", "tls_context", "websocket_protocol"]
