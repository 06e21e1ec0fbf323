"""Credentials: random texts, and codes that people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.access.credential import hashed, new_code, new_credential, typed_code


@pytest.mark.parametrize(("bits", "digits"), [(128, 26), (5, 1), (20, 4), (25, 5)])
def test_a_code_has_enough_digits_for_its_bits(bits: int, digits: int) -> None:
    codes = {new_code(bits) for _ in range(200)}
    for code in codes:
        assert len(code.replace("-", "")) == digits
        assert all(len(group) <= 4 for group in code.split("-"))
        assert not set(code) & set("oilu")
        assert typed_code(code, bits) == code
    assert len(codes) > min(2**bits // 2, 199)


@given(st.text())
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    found = typed_code(text, 128)
    assert found is None or typed_code(found, 128) == found


@pytest.mark.parametrize("text", ["", "0" * 25, "0" * 27, "u" * 26, "_" * 26, "\u0660" * 26])
def test_a_code_has_only_its_digits(text: str) -> None:
    assert typed_code(text, 128) is None


def test_a_credential_is_new_each_time_and_stored_as_its_hash() -> None:
    assert new_credential(256) != new_credential(256)
    assert len(hashed("x")) == 32
