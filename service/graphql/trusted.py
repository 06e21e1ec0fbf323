"""Trusted documents: a file of the only operations that are run, each under the hash of its text."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import orjson

from service.errors import TrustedDocumentsError


def trusted_documents(path: Path | None) -> Mapping[str, str] | None:
    """Return the documents of the file by their hashes, None where no file is named.

    The file is a JSON object `{"<SHA-256 in hex>": "<document>"}`. Raises TrustedDocumentsError where it cannot be
    read, or a hash is not that of its document.
    """
    if path is None:
        return None
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise TrustedDocumentsError(path, str(error)) from None
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise TrustedDocumentsError(path, "expected a JSON object of texts")
    documents = {hash_.removeprefix("sha256:").lower(): text for hash_, text in found.items()}
    for hash_, text in documents.items():
        if sha256(text.encode()).hexdigest() != hash_:
            raise TrustedDocumentsError(path, f"{hash_} is not the SHA-256 of its document")
    return documents
