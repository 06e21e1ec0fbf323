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


class PartOfLog(NotWhole):
    """Tables and figures are made from all events of a log, and the source has a part of them."""

    def __init__(self, made: str, gap: tuple[int, int] | None = None) -> None:
        where = "" if gap is None else f"position {gap[1]} follows position {gap[0]}: "
        super().__init__(
            f"{where}{made} need a whole log; export it as an unrestricted facilitator, or name a server's URL for what"
            " a key may see"
        )


class PastEnd(ReplayError):
    """A position is after the end of the log."""

    def __init__(self, position: int, head: int) -> None:
        super().__init__(f"position {position} is after the end of the log, which is at {head}")


class Diverged(ReplayError):
    """The log is not the one that was read before."""
