"""Documents that a request names by the hash of their text.

Trusted documents are read from a file: if there is one, no other documents are executed. Requests that name a document
like a persisted query, but without its text, are refused.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson

from service.errors import TrustedDocumentsError
from service.graphql.errors import NOT_PERSISTED, argument_refusal, refusal, shown

PREFIX: Final = "sha256:"


def trusted_documents(path: Path | None) -> Mapping[str, str] | None:
    """Return the documents of the file by their hashes, None if `path` is None.

    The file is a JSON object `{"<SHA-256 in hex>": "<document>"}`. Raises TrustedDocumentsError if it cannot be read,
    or if a hash is not that of its document.
    """
    if path is None:
        return None
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise TrustedDocumentsError(f"{path}: {error}") from None
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise TrustedDocumentsError(
            f"{path} is not a file of trusted documents: expected a JSON object of strings"
        )
    documents = {hash_.removeprefix(PREFIX).lower(): text for hash_, text in found.items()}
    for hash_, text in documents.items():
        if sha256(text.encode()).hexdigest() != hash_:
            raise TrustedDocumentsError(
                f"{path} has a wrong hash: {hash_} is not the SHA-256 of its document"
            )
    return documents


def extensions_of(request: Mapping[str, Any]) -> Any:
    """Return the extensions of a request, with the hash from its `documentId` if it has one."""
    extensions, document = request.get("extensions"), request.get("documentId")
    if not isinstance(document, str):
        return extensions
    named = {"persistedQuery": {"sha256Hash": document.removeprefix(PREFIX)}}
    if extensions is None:
        return named
    # Extensions that are no object are refused later, as without a `documentId`.
    return {**extensions, **named} if isinstance(extensions, Mapping) else extensions


def document_of(
    query: str | None, extensions: Mapping[str, Any] | None, trusted: Mapping[str, str] | None
) -> str:
    """Return the document of a request. Raises a GraphQL error if it is not trusted, or has no text."""
    persisted = (extensions or {}).get("persistedQuery")
    hash_ = persisted.get("sha256Hash") if isinstance(persisted, Mapping) else None
    if query is not None and (hash_ is not None or trusted is not None):
        found = sha256(query.encode("utf-8", "surrogatepass")).hexdigest()
        if hash_ is not None and str(hash_).lower() != found:
            text = f"The hash sent with the query is wrong: the SHA-256 of its text is {found}."
            raise refusal("document.hash_differs", text)
        hash_ = found
    if trusted is not None:
        if (document := trusted.get(str(hash_).lower())) is None:
            text = (
                "The document is not trusted: expected the hash of a trusted document as "
                f"`documentId`, found {shown(hash_)}."
            )
            raise refusal("document.not_trusted", text)
        return document
    if query is None and hash_ is not None:
        # The protocol defines this message. Clients then send the text.
        raise refusal(NOT_PERSISTED, "PersistedQueryNotSupported")
    if query is None:
        raise argument_refusal("request.malformed", "query", "a string", query)
    return query
