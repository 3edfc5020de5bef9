"""Pictures made for tests: whole ones, cameras' ones and hostile ones."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import ExifTags, Image

from cases import photos
from yuhu.kit.exceptions import Refusal

RED, BLUE, WHITE = (200, 20, 20), (20, 20, 200), (255, 255, 255)


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def halves(size: tuple[int, int] = (80, 40)) -> Image.Image:
    """Red on the left, blue on the right: shows which way up a picture stands."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


def reopened(jpeg: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg), formats=["JPEG"])
    image.load()
    return image


def near(pixel: object, colour: tuple[int, int, int], tolerance: int = 12) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, colour, strict=True))


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_file(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + png_chunk(b"IEND", b"")


def webp_bomb(width: int, height: int) -> bytes:
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def camera_exif(
    *, longitude: object = (112, 54, 18), latitude: object = (27, 52, 12), **tags: object
) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SECRETMAKER"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = tags.pop("east", "E"), longitude
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = tags.pop("north", "N"), latitude
    for name, value in tags.items():
        base = ExifTags.Base[name]
        (exif if name == "Orientation" else exif.get_ifd(ExifTags.IFD.Exif))[base] = value
    return exif


def refused(data: bytes, **options: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        photos.prepare(data, **options)
    return caught.value
