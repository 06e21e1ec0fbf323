"""`howcanwe`, its projection standing still: to measure what recording takes without it."""

import asyncio

from projections.runner import Runner
from service.cli import main


async def _stand_still(runner: Runner) -> None:
    await runner.prepare()
    await asyncio.Event().wait()


if __name__ == "__main__":
    # The service has no such setting, and needs none.
    setattr(Runner, "run", _stand_still)  # noqa: B010
    main()
