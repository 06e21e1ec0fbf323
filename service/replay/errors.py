"""What keeps a replay from being carried out: each error's message is one sentence for people."""

from service.errors import ServiceError


class ReplayError(ServiceError):
    """A replay cannot be made so, or ended before its end."""


class SourceLost(ReplayError):
    """The source went away, or never answered; asking again may help."""


class PackageMissing(ReplayError):
    """A format or a frame needs a package that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(
            f"{what} needs the extra {extra}, which is not installed (in a checkout: scripts/install analysts)"
        )


class NotWhole(ReplayError):
    """A file is not all of what was exported."""


class Diverged(ReplayError):
    """The log is not the one that was read before."""
