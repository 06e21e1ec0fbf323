"""The log's tables in PostgreSQL, and every statement made against them."""

from typing import Final

ANSWER_SECONDS_MAX: Final = 15.0
"""How long a statement may take. It is here because settings, which load no driver, have it as a default."""
