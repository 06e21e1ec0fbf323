"""The fingerprint of the code that a fold depends on: a state of other code is not continued."""

import inspect
from collections.abc import Sequence
from hashlib import sha256

from events.state.fingerprint import state_fingerprint
from projections.folding.projection import Projection
from projections.models import PROJECTIONS
from projections.updating.fingerprint import fingerprint
from service.replay.errors import ReplayError

_MODELS = frozenset(map(type, PROJECTIONS))


def fold_fingerprint(projections: Sequence[Projection]) -> str:
    """Return hex digits that are the same for the same projections of the same code.

    Of a projection of your own, the source of its classes counts, and nothing else that it calls. Raises ReplayError if
    that source is unknown.
    """
    digest = sha256(f"{fingerprint()} {state_fingerprint()}".encode())
    for found in projections:
        digest.update(f"\0{found.name}".encode())
        for class_ in () if type(found) in _MODELS else type(found).__mro__:
            if class_ is Projection:
                break
            try:
                digest.update(inspect.getsource(class_).encode())
            except (OSError, TypeError):
                raise ReplayError(
                    f"the source of {class_.__qualname__} is unknown, so a state cannot be kept; "
                    "define it in a file or a notebook"
                ) from None
    return digest.hexdigest()
