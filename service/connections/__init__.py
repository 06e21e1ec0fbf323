"""Clients' connections: how many there may be, what may arrive on one and in what time, and who is dropped.

`service.server` hands uvicorn the two protocols made here; what a request means is decided behind them.
"""

from service.connections.admission import Admission, descriptors_for
from service.connections.protocols import http_protocol, websocket_protocol

__all__ = ["Admission", "descriptors_for", "http_protocol", "websocket_protocol"]
