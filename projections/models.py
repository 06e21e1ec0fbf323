"""The read models there are. Everything that decides their rows is imported from here (see `fingerprint`)."""

from typing import Final

from projections.organisations import Organisations
from projections.projection import Projection
from projections.timeline import Timeline, Voids

PROJECTIONS: Final[tuple[Projection, ...]] = (Organisations(), Timeline(), Voids())
