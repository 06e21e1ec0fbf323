"""Where an error came from, told without its text: that may quote what was sent."""

from traceback import extract_tb


def trace(error: BaseException) -> str:
    """Return the kind of the error, and of what led to it, each with the places that it passed, innermost last."""
    told = []
    passed: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in passed:
        passed.add(id(following))
        places = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in extract_tb(following.__traceback__)
        ]
        told.append(" > ".join([type(following).__name__, *places]))
        context = None if following.__suppress_context__ else following.__context__
        following = following.__cause__ or context
    return "; after ".join(told)
