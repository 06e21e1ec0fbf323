"""Credentials: random texts that are handed out once and stored as hashes. Keys, sessions and links use them."""

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import digest as hmac
from secrets import randbits, token_bytes
from typing import Final

_DIGITS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's digits in base 32, without those that look alike."""
_BITS: Final = 5
_GROUP: Final = 4
_ALIKE: Final = str.maketrans("oil", "011")


def new_credential(bits: int) -> str:
    """Return a new random text with so many bits, in base64url without padding."""
    return _text(token_bytes(bits // 8))


def derived_credential(salt: bytes, *of: str) -> str:
    """Return the text of 256 bits that belongs to this salt and these texts. Nobody can guess it without all of them.

    The texts contain no blanks.
    """
    return _text(hmac(salt, " ".join(of).encode(), sha256))


def hashed(credential: str) -> bytes:
    """Return the SHA-256 of the text: 128 random bits or more need no slow hash."""
    return sha256(credential.encode()).digest()


def new_code(bits: int) -> str:
    """Return a new random text with so many bits that can be read out and typed, in groups of four."""
    number, count = randbits(bits), -(-bits // _BITS)
    digits = "".join(_DIGITS[number >> (_BITS * place) & 31] for place in reversed(range(count)))
    return "-".join(digits[at : at + _GROUP] for at in range(0, count, _GROUP))


def typed_code(text: str, bits: int) -> str | None:
    """Return the code that somebody typed, as `new_code` writes it; None if it cannot be one.

    Case, blanks and dashes make no difference, and digits that look alike are taken for one another.
    """
    digits = re.sub(r"[\s\-]", "", text.lower()).translate(_ALIKE)
    if len(digits) != -(-bits // _BITS) or not set(digits) <= set(_DIGITS):
        return None
    return "-".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))


def _text(random: bytes) -> str:
    return urlsafe_b64encode(random).decode().rstrip("=")
