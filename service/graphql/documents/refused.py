"""Operations that are refused before they are executed."""

from typing import Any

from graphql import GraphQLError
from strawberry.types.execution import PreExecutionError

from service.graphql.errors import client_error


class OperationRefused(Exception):
    """An operation was refused before it was executed, and had no effect."""

    def __init__(self, *errors: GraphQLError, extensions: dict[str, Any] | None = None) -> None:
        self.errors = [client_error(error) for error in errors]
        self.extensions = extensions
        super().__init__(self.errors[0].message)

    @property
    def codes(self) -> set[str]:
        """The codes of its errors."""
        return {error.extensions["code"] for error in self.errors if error.extensions}

    @property
    def result(self) -> PreExecutionError:
        """The result of an operation that was not executed."""
        return PreExecutionError(None, self.errors, self.extensions)
