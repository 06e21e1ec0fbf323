"""The settings of an OpenID Connect issuer: its tokens, and signing in there."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from events.access.principal import Role


class OidcSettings(BaseSettings):
    """Whose tokens are accepted beside keys, where browsers sign in, and what claims mean."""

    oidc_issuer: Annotated[
        str | None,
        Field(
            description="Issuer of OpenID Connect tokens that are accepted beside keys: https://…"
        ),
    ] = None
    oidc_audience: Annotated[
        str, Field(min_length=1, description="The audience that a token must have.")
    ] = "howcanwe"
    oidc_client_id: Annotated[
        str | None,
        Field(
            min_length=1,
            description="The id by which the issuer knows this service; with it, browsers can sign in there.",
        ),
    ] = None
    oidc_client_secret: Annotated[
        SecretStr | None,
        Field(description="The client's secret; without one, PKCE alone protects signing in."),
    ] = None
    oidc_client_secret_file: Annotated[
        Path | None, Field(description="File (mode 0600) with the client's secret.")
    ] = None
    oidc_scopes: Annotated[
        str,
        Field(
            pattern=r"^openid( [!#-\[\]-~]+)*$",
            description="Scopes, separated by blanks; for refresh tokens, many issuers need `offline_access`.",
        ),
    ] = "openid"
    oidc_sign_in_name: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=60,
            description="What the button for signing in calls the issuer; the issuer's host if not set.",
        ),
    ] = None
    session_hours: Annotated[
        int,
        Field(
            ge=1,
            description="How long what the issuer says of somebody who signed in there is relied on, in hours.",
        ),
    ] = 8
    oidc_role_claim: Annotated[
        str,
        Field(description="The claim with the role; the parts of a path are separated by dots."),
    ] = "howcanwe_role"
    oidc_organisation_claim: Annotated[
        str, Field(description="The claim with the organisation's key, for the role organisation.")
    ] = "howcanwe_organisation"
    oidc_cohorts_claim: Annotated[
        str,
        Field(
            description="The claim with the cohorts' keys, for the roles facilitator (`*`: all cohorts) and evaluator."
        ),
    ] = "howcanwe_cohorts"
    oidc_name_claim: Annotated[
        str,
        Field(
            description="The claim with the name by which members of a cohort are shown an evaluator."
        ),
    ] = "howcanwe_name"
    oidc_roles: Annotated[
        dict[str, Role],
        Field(
            description="The role for each value of the role claim, as a JSON object; a token's first match is used."
        ),
    ] = Field(
        default={
            "facilitator": Role.FACILITATOR,
            "organisation": Role.ORGANISATION,
            "evaluator": Role.EVALUATOR,
            "analyst": Role.ANALYST,
        }
    )
    oidc_keys_seconds: Annotated[
        float,
        Field(ge=0, description="How long the issuer's published keys are cached, in seconds."),
    ] = 600.0
    oidc_keys_again_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="Shortest time between two fetches of the issuer's keys for unknown ones, in seconds.",
        ),
    ] = 10.0
    oidc_leeway_seconds: Annotated[
        float,
        Field(ge=0, description="How far the issuer's clock may differ from this one, in seconds."),
    ] = 5.0
