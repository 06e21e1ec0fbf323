"""Forms with a file: every byte of it arrives, and what is no such form is refused."""

import tempfile

import pytest

from service.pages.sheets.upload.multipart import form_in
from service.privacy.uploads import UploadedFile
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
async def test_a_file_arrives_as_it_is(content: bytes) -> None:
    fields, files = await form_in(multipart(content, token="a=b&c"), TYPE)
    assert files == {"file": UploadedFile("Grüße.xlsx", content)}
    assert fields == {"token": ["a=b&c"]}


async def test_a_file_is_never_written_to_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file would be written")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    large = bytes(4 * 1024 * 1024)
    _, files = await form_in(multipart(large), TYPE)
    assert files["file"].content == large


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        (multipart(b"x"), "multipart/form-data"),
        (multipart(b"x"), "multipart/form-data; boundary=another"),
        (multipart(b"x")[:-4], TYPE),
        (multipart(b"x" * 100)[:-60], TYPE),
        (multipart(b"x").replace(b"----a", b"x") + multipart(b"y"), TYPE),
        (b"", TYPE),
        (multipart(b"x").replace(b"Content-Disposition", b"Content-Position"), TYPE),
        (multipart(b"x").replace(b"form-data; name=", b"form-data; \0*"), TYPE),
        (multipart(b"x").replace(b"form-data; name=", b"(" * 3_000), TYPE),
        (multipart(b"x").replace(b"\r\n\r\n", b"\r\n"), TYPE),
        (multipart(b"x", **{f"f{number}": "" for number in range(21)}), TYPE),
    ],
    ids=[
        "no boundary",
        "another",
        "no end",
        "half a file",
        "another boundary",
        "nothing",
        "no name",
        "half a name",
        "comments in comments",
        "no head",
        "too many",
    ],
)
async def test_what_is_no_form_is_refused(body: bytes, type_: str) -> None:
    with pytest.raises(ValueError, match="form"):
        await form_in(body, type_)
