"""The W3C trace context, as the program's own OpenTelemetry has it."""

import sys


def trace_headers() -> dict[str, str]:
    """Return the headers that name the current trace; none if the program does not use OpenTelemetry."""
    # A program that never imported it has no current trace.
    if "opentelemetry.context" not in sys.modules:
        return {}
    from opentelemetry import propagate

    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers
