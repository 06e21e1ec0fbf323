"""Messages for Slack and Mattermost: one sentence, which the words of people cannot make do anything."""

import orjson
import pytest

from events.access.principal import Principal
from service.webhooks.messages import TEXT_CHARACTERS_MAX
from tests.events.samples import asked
from tests.service.app import Api, open_api
from tests.service.webhooks.delivering import deliverer, hooked, running
from tests.service.webhooks.receiver import Receiver, receiving


async def test_slack_gets_a_sentence(story: Api, receiver: Receiver) -> None:
    await hooked(story, receiver, after=5, format="slack")
    async with running(deliverer(story.service)):
        (received,) = await receiver.has_received(1)
    assert received.json == {"text": "Event &lt;6&gt; &amp; more."}
    assert received.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@\u2060U1&gt;"),
        ("@channel, @all: (@here)", "@\u2060channel, @\u2060all: (@\u2060here)"),
        ("-@all _@ada .@eve", "-@\u2060all _@\u2060ada .@\u2060eve"),
        ("ask ada@example.org @ 5", "ask ada@example.org @ 5"),
        ("[here](http://x.example)", "[here]\u2060(http://x.example)"),
        ("![](http://x.example/a.png)[a][b]", "![]\u2060(http://x.example/a.png)[a]\u2060[b]"),
        ("see http://x.example/a_(b)", "see http://x.example/a_(b)"),
        ("&" * TEXT_CHARACTERS_MAX, "&amp;" * TEXT_CHARACTERS_MAX),
        ("&" * (TEXT_CHARACTERS_MAX + 1), "&amp;" * (TEXT_CHARACTERS_MAX - 1) + "…"),
    ],
    ids=["slack", "mentions", "marks", "address", "link", "image", "url", "long", "too long"],
)
async def test_what_people_wrote_mentions_nobody_and_hides_no_address(
    story: Api, receiver: Receiver, written: str, sent: str
) -> None:
    async def quoted(position: int, viewer: Principal) -> str:
        return written

    await hooked(story, receiver, after=5, format="slack")
    async with running(deliverer(story.service), quoted):
        (received,) = await receiver.has_received(1)
    assert received.json == {"text": sent}


async def test_a_sentence_that_cannot_be_made_is_tried_again(
    story: Api, receiver: Receiver
) -> None:
    tries = 0

    async def second(position: int, viewer: Principal) -> str:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise RuntimeError("the read models are behind")
        return "There it is."

    await hooked(story, receiver, after=5, format="slack")
    async with running(deliverer(story.service), second):
        (received,) = await receiver.has_received(1)
    assert orjson.loads(received.body)["text"] == "There it is."


async def test_a_service_that_runs_delivers_sentences_as_its_graph_has_them(
    database_url: str,
) -> None:
    async with (
        open_api(database_url, webhooks_allow_private=True, lives=True) as api,
        receiving() as receiver,
    ):
        await api.begin()
        await hooked(api, receiver, "mill", format="slack", types=["help.asked"])
        await api.record([asked(text="Who knows <b>printers</b>?", cohort="heritage")])
        (received,) = await receiver.has_received(1)
    expected = "Mill asked for help: “Who knows &lt;b&gt;printers&lt;/b&gt;?”."
    assert received.json["text"] == expected
