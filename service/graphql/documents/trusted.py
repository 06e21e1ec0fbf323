"""Documents named by the hash of their text: trusted ones, a file of the only that are run, and persisted ones."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson

from service.errors import TrustedDocumentsError
from service.graphql.errors import NOT_PERSISTED, refusal

PREFIX: Final = "sha256:"


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
        raise TrustedDocumentsError(f"{path}: {error}") from None
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise TrustedDocumentsError(f"{path}: expected a JSON object of texts")
    documents = {hash_.removeprefix(PREFIX).lower(): text for hash_, text in found.items()}
    for hash_, text in documents.items():
        if sha256(text.encode()).hexdigest() != hash_:
            raise TrustedDocumentsError(f"{path}: {hash_} is not the SHA-256 of its document")
    return documents


def extensions_of(request: Mapping[str, Any]) -> Any:
    """Return the extensions of a request, with the hash in them also where it was sent as `documentId`."""
    extensions, document = request.get("extensions"), request.get("documentId")
    if not isinstance(document, str):
        return extensions
    named = {"persistedQuery": {"sha256Hash": document.removeprefix(PREFIX)}}
    return {**extensions, **named} if isinstance(extensions, Mapping) else named


def document_of(
    query: str | None, extensions: Mapping[str, Any] | None, trusted: Mapping[str, str] | None
) -> str:
    """Return the document that is meant; where there are trusted ones, one of those. Raises a GraphQL error."""
    persisted = (extensions or {}).get("persistedQuery")
    hash_ = persisted.get("sha256Hash") if isinstance(persisted, Mapping) else None
    if query is not None and (hash_ is not None or trusted is not None):
        found = sha256(query.encode("utf-8", "surrogatepass")).hexdigest()
        if hash_ is not None and str(hash_).lower() != found:
            text = f"The hash sent with the query is not that of its text, which is {found}."
            raise refusal("document.hash_differs", text)
        hash_ = found
    if trusted is not None:
        if (document := trusted.get(str(hash_).lower())) is None:
            text = "documentId: expected the hash of a trusted document"
            raise refusal("document.not_trusted", text)
        return document
    if query is None and hash_ is not None:
        # The protocol's own words, by which a client knows that it is to send the text.
        raise refusal(NOT_PERSISTED, "PersistedQueryNotSupported")
    if query is None:
        raise refusal("request.malformed", "query: expected a string", argument="query")
    return query
