"""Traces of errors without their texts, which may quote a request. The log's messages use them."""

from traceback import extract_tb


def trace(error: BaseException) -> str:
    """Return the kinds of the error and its causes, each with the places that it passed through, innermost last."""
    parts = []
    passed: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in passed:
        passed.add(id(following))
        places = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in extract_tb(following.__traceback__)
        ]
        parts.append(" > ".join([type(following).__name__, *places]))
        context = None if following.__suppress_context__ else following.__context__
        following = following.__cause__ or context
    return "; after ".join(parts)
