"""The kinds of viewers that ask: each sees another part of the same log."""

from dataclasses import dataclass

from tests.benchmarks.servers import new_key


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who asks; the public comes without `authorization`."""

    name: str
    authorization: str | None


ALL_SEEING = "facilitator of everything"
ORGANISATION = "organisation"


async def viewers_of(url: str, cohort: str, organisation: str) -> list[Viewer]:
    """Return a viewer of each kind, with new keys: a facilitator of this cohort and this organisation among them."""
    options = {
        ALL_SEEING: ("--role", "facilitator", "--cohort", "*"),
        "facilitator of a cohort": ("--role", "facilitator", "--cohort", cohort),
        ORGANISATION: ("--role", "organisation", "--organisation", organisation),
        "analyst": ("--role", "analyst"),
    }
    found = [Viewer(name, f"Bearer {await new_key(url, *given)}") for name, given in options.items()]
    return [*found, Viewer("public", None)]
