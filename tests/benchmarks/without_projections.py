"""`howcanwe` without its projections: to measure what recording and reading take without them."""

import asyncio

from projections.insights.follower import InsightsFollower
from projections.updating.runner import Runner
from service.cli import main


async def _stand_still(runner: Runner) -> None:
    await runner.prepare()
    await asyncio.Event().wait()


async def _take_nothing_in(insights: InsightsFollower) -> None:
    await asyncio.Event().wait()


if __name__ == "__main__":
    # The service has no such setting, and needs none.
    setattr(Runner, "run", _stand_still)  # noqa: B010
    setattr(InsightsFollower, "run", _take_nothing_in)  # noqa: B010
    main()
