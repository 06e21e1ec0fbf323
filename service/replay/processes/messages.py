"""How a share is sent to its process: read models of the service by name, other projections by value."""

import io
import pickle
from typing import Any, BinaryIO, Final

from projections.models import PROJECTIONS
from service.replay.errors import PackageMissing
from service.replay.processes.share import Share, models_among

_MODELS: Final = frozenset(map(type, PROJECTIONS))
_NAMED: Final = {found.name: found for found in PROJECTIONS}


def packed(share: Share) -> bytes:
    """Return a share as bytes.

    A projection of one's own may be defined in a notebook or a script, and cloudpickle is needed to send it. Raises
    PackageMissing.
    """
    text = io.BytesIO()
    own = len(models_among(share.projections)) < len(share.projections)
    pickler: Any = _cloud_packer() if own else _Packer
    pickler(text).dump(share)
    return text.getvalue()


def unpacked(file: BinaryIO) -> Share:
    """Return the share whose bytes are next in a file."""
    share: Share = _Unpacker(file).load()
    return share


class _Names:
    def persistent_id(self, found: Any) -> str | None:
        return found.name if type(found) in _MODELS else None


class _Packer(_Names, pickle.Pickler):
    pass


def _cloud_packer() -> Any:
    try:
        from cloudpickle import Pickler  # type: ignore[import-untyped]  # it ships no types
    except ImportError:
        raise PackageMissing("folding your own projection in processes", "cluster") from None
    return type("_CloudPacker", (_Names, Pickler), {})


class _Unpacker(pickle.Unpickler):
    def persistent_load(self, name: Any) -> Any:
        return _NAMED[name]
