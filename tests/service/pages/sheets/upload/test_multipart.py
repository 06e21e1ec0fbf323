"""Forms with a file: every byte of it arrives, and what is no such form is refused."""

import pytest

from service.pages.sheets.upload.multipart import parts_of
from tests.service.pages.sheets.upload.uploads import BOUNDARY, multipart

TYPE = f'multipart/form-data; boundary="{BOUNDARY}"'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n",
        bytes(range(256)),
        f"PK\r\n--{BOUNDARY[:-1]}\r\n--\r\n\r\n".encode(),
        f"x--{BOUNDARY}--".encode(),
    ],
    ids=["nothing", "a line", "all bytes", "nearly a boundary", "a boundary within a line"],
)
def test_a_file_arrives_as_it_is(content: bytes) -> None:
    found = parts_of(multipart(content, token="a=b&c"), TYPE)
    assert found["file"].content == content
    assert found["file"].filename == "Grüße.xlsx"
    assert (found["token"].text, found["token"].filename) == ("a=b&c", None)


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        (multipart(b"x"), "multipart/form-data"),
        (multipart(b"x"), "multipart/form-data; boundary=another"),
        (multipart(b"x")[:-4], TYPE),
        (b"", TYPE),
        (multipart(b"x").replace(b"Content-Disposition", b"Content-Position"), TYPE),
        (multipart(b"x").replace(b"form-data; name=", b"form-data; \0*"), TYPE),
        (multipart(b"x").replace(b"form-data; name=", b"(" * 3_000), TYPE),
        (multipart(b"x").replace(b"\r\n\r\n", b"\r\n"), TYPE),
        (multipart(b"x", **{f"f{number}": "" for number in range(20)}), TYPE),
    ],
    ids=[
        "no boundary",
        "another",
        "no end",
        "nothing",
        "no name",
        "half a name",
        "comments in comments",
        "no head",
        "too many",
    ],
)
def test_what_is_no_form_is_refused(body: bytes, type_: str) -> None:
    with pytest.raises(ValueError, match="form"):
        parts_of(body, type_)
