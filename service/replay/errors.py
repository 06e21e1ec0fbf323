"""The errors of replays. Each message is one sentence for people."""

from service.errors import ServiceError


class ReplayError(ServiceError):
    """A replay was asked for wrongly, or stopped before its end."""


class SourceLost(ReplayError):
    """The connection to the source was lost or never made; retrying may help."""


class QueryRefused(ReplayError):
    """The server did not answer a GraphQL query, because of what it asks or how much."""


class TopicLost(ReplayError):
    """A topic cannot be reached or does not acknowledge records; retrying may help."""


class PackageMissing(ReplayError):
    """A format or a data frame needs a package that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(
            f"{what} needs the extra {extra}, which is not installed (in a checkout: scripts/install analysts)"
        )


class NotWhole(ReplayError):
    """A file is not the whole of what was exported, or not what was exported."""


class Diverged(ReplayError):
    """The log is not the one that was read before."""
