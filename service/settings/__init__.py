"""Every setting, with its default and its unit. Each is an environment variable (`HOWCANWE_…`)."""

from typing import Final

from pydantic_settings import SettingsConfigDict

from service.settings.graphql import GraphqlSettings
from service.settings.hooks import HookSettings
from service.settings.oidc import OidcSettings
from service.settings.server import ServerSettings
from service.settings.webhooks import WebhookSettings

__all__ = ["PREFIX", "Settings"]

PREFIX: Final = "HOWCANWE_"


class Settings(OidcSettings, HookSettings, WebhookSettings, GraphqlSettings, ServerSettings):
    """The service's settings. Each one's environment variable is `HOWCANWE_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True
    )
