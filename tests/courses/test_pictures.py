"""Pictures are told by their structure: whole ones pass, cut, damaged or disguised ones are refused."""

import struct
import zlib

import pytest

from tutor_app.courses.pictures import PictureRefused, check_picture


def png(width: int = 1, height: int = 1) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


GIF = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
WEBP = b"RIFF" + struct.pack("<I", 26) + b"WEBPVP8L" + struct.pack("<I", 13) + b"\x2f" + struct.pack("<I", 0) + bytes(9)
JPEG = (
    b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00\xff\xd9"
)


@pytest.mark.parametrize(("data", "kind"), [(png(), "png"), (GIF, "gif"), (WEBP, "webp"), (JPEG, "jpg")])
def test_whole_pictures_are_recognised(data: bytes, kind: str) -> None:
    assert check_picture(data) == kind


@pytest.mark.parametrize("data", [png(), GIF, WEBP, JPEG])
def test_every_way_of_cutting_a_picture_off_is_refused(data: bytes) -> None:
    for length in range(len(data)):
        with pytest.raises(PictureRefused):
            check_picture(data[:length])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a<script>alert(1)</script>",
        b"%PDF-1.7",
        png().replace(b"IDAT", b"IDAX"),
        png(width=0),
        png(width=1_000_000),
        bytes(6_000_000),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureRefused):
        check_picture(data)
