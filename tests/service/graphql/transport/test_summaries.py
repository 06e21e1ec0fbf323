"""The sentence about an event that a webhook for Slack asks for: as everything that is recorded has it."""

import asyncio

from service.graphql.transport.summaries import Summaries
from tests.events.samples import asked, corrected, voided
from tests.service.app import READ_SECONDS_MAX, open_api


async def test_a_sentence_waits_for_what_is_recorded_about_its_event(database_url: str) -> None:
    async with open_api(database_url, min_position_seconds=READ_SECONDS_MAX) as api:
        await api.begin()
        await api.record([asked(text="First wording", cohort="heritage")])
        position = await api.head()
        runner = api.service.runner
        await runner.prepare()
        await runner.catch_up()
        context = await api.context("archive")
        summaries = Summaries(api.app.state.pages.schema, lambda viewer: context)
        assert await summaries(position, context.viewer) == "Mill asked for help: “First wording”."

        for event, sentence in (
            (corrected(position, text="New wording"), "Mill asked for help: “New wording”."),
            (voided(position), "Mill asked for help: “New wording”. It has been voided."),
        ):
            # The read models do not have it yet.
            await api.record([event])
            asking = asyncio.ensure_future(summaries(position, context.viewer))
            await asyncio.wait([asking], timeout=0)
            await runner.catch_up()
            assert await asking == sentence
