"""The settings of webhooks."""

from typing import Annotated, Final

from pydantic import Field
from pydantic_settings import BaseSettings

_KIB: Final = 1024


class WebhookSettings(BaseSettings):
    """How many webhooks there may be, where they may deliver, and what a delivery may take."""

    webhooks_max: Annotated[int, Field(ge=0, description="Most webhooks of a key.")] = 20
    webhooks_allow_private: Annotated[
        bool,
        Field(
            description="Let webhooks deliver to addresses that are not public (such as 10.0.0.1 or localhost), and by"
            " http."
        ),
    ] = False
    webhooks_connections_max: Annotated[
        int, Field(ge=1, description="Most deliveries at the same time.")
    ] = 50
    webhooks_seconds_max: Annotated[
        float,
        Field(gt=0, description="How long the receiver of a webhook may take, in seconds."),
    ] = 15.0
    webhooks_answer_bytes_max: Annotated[
        int,
        Field(
            ge=0,
            description="Most of a receiver's answer that is read before the connection is closed, in bytes.",
        ),
    ] = 64 * _KIB
    webhooks_overlap_hours: Annotated[
        float,
        Field(
            ge=0,
            description="How long a webhook's former secret signs too after it was rotated, in hours.",
        ),
    ] = 24.0
    webhooks_takeover_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="How often a process tries to take over the deliveries of one that has ended, in seconds.",
        ),
    ] = 5.0
