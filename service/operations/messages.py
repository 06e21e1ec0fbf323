"""The service's log messages: one line each on standard error, as text or JSON, without keys or personal data."""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from service.error_origins import trace


def set_up(form: str) -> None:
    """Write messages to standard error in this form; warnings and errors of libraries are written in the same way."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _discreet,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Processor
    if form == "json":
        renderer = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in ("service", "projections", "events"):
        logging.getLogger(name).setLevel(logging.INFO)
    # The SDK of the assistants' protocol warns of every malformed message, which anybody can send, in the words of it.
    logging.getLogger("mcp").setLevel(logging.ERROR)
    # While a broker is gone, Kafka's client tries ten times a second; that it gave up is an error of the replay.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


def _discreet(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace an error by its trace: its text and the values around it may quote a request."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["trace"] = trace(error)
    return event
