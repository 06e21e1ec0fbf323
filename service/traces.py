"""Where an error came from, without its text: that may quote what somebody sent, and is not for logs."""

import traceback
from types import TracebackType


def trace_of(error: BaseException) -> str:
    """Return the kinds of the error and of what caused it, each with the places it went through."""
    parts = [_trace(type(error), error.__traceback__)]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        parts.insert(0, trace_of(cause))
    return "\n".join(parts)


def _trace(kind: type[BaseException], trace: TracebackType | None) -> str:
    places = [
        f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)
    ]
    return "\n".join([*places, kind.__qualname__])
