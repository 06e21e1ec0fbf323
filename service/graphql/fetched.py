"""How many rows of lists an answer has: those that were fetched for its viewer, never what is hidden."""

from service.graphql.errors import TOO_MANY_ROWS, refusal


class Fetched:
    """Counts the rows of one answer."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows = 0

    def count(self, rows: int) -> None:
        """Count these too. Raises a GraphQL error where they become more than an answer may have."""
        self._rows += rows
        if self._rows > self._most:
            text = f"The answer has more than {self._most} rows: ask for fewer rows of its lists."
            raise refusal(TOO_MANY_ROWS, text, max=self._most)
