"""Credentials: random texts that are handed out once and stored as hashes. Keys, sessions and links use them."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from secrets import token_bytes


def new_credential(bits: int) -> str:
    """Return a new random text with so many bits, in base64url without padding."""
    return urlsafe_b64encode(token_bytes(bits // 8)).decode().rstrip("=")


def hashed(credential: str) -> bytes:
    """Return the SHA-256 of the text: 128 random bits or more need no slow hash."""
    return sha256(credential.encode()).digest()
