"""The names of what statements and the graph add to the columns of rows. Both take them from here."""

from enum import StrEnum, auto, unique


@unique
class AddedColumn(StrEnum):
    """What is added to a row. None has the name of a column, or of a field's slot, which is `@` before a name."""

    @staticmethod
    def _generate_next_value_(name: str, *_: object) -> str:
        return f"@@{name.lower()}"

    PARENT = auto()
    """The key of the parent in whose list the row is."""
    PLACE = auto()
    """The place of the row, after which the next page begins."""
    KIND = auto()
    """The kind of the row's subject, where rows of several kinds are read at once."""
    TYPE = auto()
    """The type of the row in the graph, if the field does not determine it."""
    THEN = auto()
    """The end of the id of a row of the past."""
    NARROWED = auto()
    """The last event after the checkpoint that may hide something from a viewer."""
    MOVED = auto()
    """The last event up to the checkpoint that may change the tokens of viewers."""
    POSITION = auto()
    """The checkpoint."""
    HEAD = auto()
    """The last position of the log."""
    FOUND = auto()
    """Whether the row is one of the statement."""
