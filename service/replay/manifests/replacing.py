"""Files whose content is replaced as a whole."""

import os
from pathlib import Path


def replace(path: Path, content: bytes) -> None:
    """Give the file this content; afterwards it is on disk. After a crash or an error, the file is as it was.

    A link to a file still leads to it, and the file keeps its permissions. What is there but no file, such as a device
    or a pipe, is written to. Raises OSError.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            beside.chmod(path.stat().st_mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
