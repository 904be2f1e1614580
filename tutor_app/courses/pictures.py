"""Telling whether bytes are a picture that a browser may be given, by their structure and never by their name.

OATutor calls every figure `.gif`; most are PNG or JPEG. SVG is refused on purpose: it can carry scripts.
"""

import struct
import zlib
from typing import Literal

from django.utils.translation import gettext as _

PictureKind = Literal["png", "jpg", "gif", "webp"]

MAX_BYTES = 5_000_000
MAX_SIDE = 10_000  # pixels; a larger picture is a decompression bomb or a mistake

JPEG_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
JPEG_SCAN, JPEG_END = 0xDA, b"\xff\xd9"


class PictureRefused(ValueError):
    """The bytes are no picture that we would show; the message is a sentence for the course's author."""


def check_picture(data: bytes) -> PictureKind:
    """The format of a whole picture in `data`; PictureRefused if it is broken, too large or something else."""
    if len(data) > MAX_BYTES:
        raise PictureRefused(_("The picture is larger than %(megabytes)d MB.") % {"megabytes": MAX_BYTES // 10**6})
    try:
        kind, width, height = _measure(data)
    except (struct.error, IndexError) as error:
        raise PictureRefused(_("The picture file is cut off.")) from error
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise PictureRefused(
            _("The picture says it is %(width)d by %(height)d pixels.") % {"width": width, "height": height}
        )
    return kind


def _measure(data: bytes) -> tuple[PictureKind, int, int]:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png", *_png_size(data)
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg", *_jpeg_size(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif", *_gif_size(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp", *_webp_size(data)
    raise PictureRefused(_("The file is not a PNG, JPEG, GIF or WebP picture."))


def _png_size(data: bytes) -> tuple[int, int]:
    """Width and height; every chunk's checksum is verified up to the end chunk."""
    place, size = 8, (0, 0)
    while True:
        length, name = struct.unpack_from(">I4s", data, place)
        content = data[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, place + 8 + length)
        if zlib.crc32(name + content) != checksum:
            raise PictureRefused(_("The PNG picture is damaged."))
        if name == b"IHDR":
            size = struct.unpack_from(">II", content)
        if name == b"IEND":
            return size
        place += 12 + length


def _jpeg_size(data: bytes) -> tuple[int, int]:
    place, size = 2, (0, 0)
    while True:
        if data[place] != 0xFF:
            raise PictureRefused(_("The JPEG picture is damaged."))
        marker = data[place + 1]
        if marker == 0xFF:  # padding
            place += 1
            continue
        (length,) = struct.unpack_from(">H", data, place + 2)
        if marker in JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, place + 5)
            size = (width, height)
        if marker == JPEG_SCAN:
            if data.rfind(JPEG_END) < place:
                raise PictureRefused(_("The picture file is cut off."))
            return size
        place += 2 + length


def _gif_size(data: bytes) -> tuple[int, int]:
    size: tuple[int, int] = struct.unpack_from("<HH", data, 6)
    flags = data[10]
    place = 13 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    while data[place] != 0x3B:  # until the trailer
        if data[place] == 0x21:  # extension
            place += 2
        elif data[place] == 0x2C:  # image
            flags = data[place + 9]
            place += 11 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
        else:
            raise PictureRefused(_("The GIF picture is damaged."))
        while data[place]:  # sub-blocks, each led by its length
            place += 1 + data[place]
        place += 1
    return size


def _webp_size(data: bytes) -> tuple[int, int]:
    (length,) = struct.unpack_from("<I", data, 4)
    if len(data) < 8 + length:
        raise PictureRefused(_("The picture file is cut off."))
    form = data[12:16]
    if form == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if form == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if form == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise PictureRefused(_("The WebP picture is damaged."))
