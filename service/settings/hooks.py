"""The settings of hooks."""

from typing import Annotated, Final

from pydantic import Field
from pydantic_settings import BaseSettings

_KIB: Final = 1024


class HookSettings(BaseSettings):
    """What a submission to a hook may take."""

    hooks_body_bytes_max: Annotated[
        int, Field(ge=1, description="Largest submission to a hook, in bytes.")
    ] = 256 * _KIB
    hooks_steps_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most steps that the expressions of a mapping may take for a submission.",
        ),
    ] = 200_000
