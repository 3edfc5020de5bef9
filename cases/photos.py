"""Photos as they come from phones, made safe and small: bytes in, JPEG out, or a refusal that says what to do.

The type is told by content, never by name. What is stored is always a fresh JPEG of at most 2,560 pixels a
side without any metadata: place and time are read first and offered beside it. Sizes are checked in the
header before anything is decoded, so a small file cannot unfold into gigabytes.

Leaves to others: where the files are kept, who may see them and to which case they belong (cases.actions),
and whether the offered place and time are believable (the page that offers them).
"""

import datetime as dt
import hashlib
import io
import logging
import math
import re
import threading
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image
from PIL.Image import Transpose
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from yuhu.kit.clock import LOCAL
from yuhu.kit.exceptions import Invalid, TooLarge

logger = logging.getLogger(__name__)

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
SIDE = 2_560
THUMBNAIL_SIDE = 320
QUALITY = 85

# A small file may cost much time: every scan of a progressive JPEG runs over the whole picture, and every
# segment or chunk is a step of its own. Cameras write about 10 scans and at most some thousand parts.
MAX_SCANS = 64
MAX_PARTS = 10_000
# Larger pictures are decoded one at a time in a process, so that memory is bounded by one of them.
ALONE_ABOVE = 12_000_000
_alone = threading.Lock()
# Rows that are made opaque and reduced in one go: 1 to 4 bytes a pixel are copied for each.
STRIP_PIXELS = 4_000_000

_JPEG_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}

Place = tuple[float, float]


class EmptyFile(Invalid):
    """Zero bytes: mostly a transfer that broke off."""

    code = "empty_file"
    message = _("The file is empty. Please choose the photo again.")


class NotAPhoto(Invalid):
    """Something else than a JPEG, PNG or WebP picture, whatever it is called."""

    code = "not_an_image"
    message = _("This file is not a photo. Please choose a JPEG, PNG or WebP picture.")


class HeicPhoto(NotAPhoto):
    """The format of newer iPhones, which the browsers of office computers cannot show."""

    code = "heic"
    message = _(
        "Photos in the HEIC format cannot be read here. On the phone choose Settings, Camera, Formats, "
        "Most Compatible and take the photo again, or send a screenshot of it."
    )


class DamagedPhoto(Invalid):
    """It begins like a photo and cannot be read to the end."""

    code = "damaged_image"
    message = _(
        "The photo is damaged or was not transferred completely. Please send it again or take a new one."
    )


class TooManyBytes(TooLarge):
    """The file is larger than an upload may be."""

    code = "too_many_bytes"
    message = _("The file is too large: a photo may have at most 20 MB. Please send it in a smaller size.")


class TooManyPixels(TooLarge):
    """The picture would take too much memory when unfolded."""

    code = "too_many_pixels"
    message = _("The picture is too large: at most 50 megapixels. Please send it in a smaller size.")


@dataclass(frozen=True)
class Photo:
    """What is stored, and what the camera said.

    ``width`` and ``height`` are those of ``jpeg``; ``sha256`` (hex) is its digest, and the same upload gives
    the same digest. ``place`` is longitude and latitude in degrees (WGS 84); ``taken_at`` is in UTC.
    """

    jpeg: bytes
    thumbnail: bytes
    width: int
    height: int
    sha256: str
    place: Place | None
    taken_at: dt.datetime | None


def prepare(
    data: bytes | BinaryIO,
    *,
    max_bytes: int = MAX_BYTES,
    max_pixels: int = MAX_PIXELS,
    side: int = SIDE,
    field: str = "file",
) -> Photo:
    """Check an uploaded photo and make the JPEG and the thumbnail that are stored.

    A file object is read from its beginning, and no further than one byte beyond ``max_bytes``. Of an
    animation the first frame is taken, transparency becomes white, the stored rotation is applied. Colours
    are taken as sRGB.

    Raises:
        EmptyFile, NotAPhoto, HeicPhoto, DamagedPhoto: 400.
        TooManyBytes, TooManyPixels: 413.
    """
    raw = _read(data, max_bytes, field)
    image = _open(raw, max_pixels, field)
    with image, _alone if image.width * image.height > ALONE_ABOVE else nullcontext():
        small = _decode(image, side, field)
        exif = _exif(image)
    turn = _TURNS.get(exif.get(ExifTags.Base.Orientation, 1))
    upright = small if turn is None else small.transpose(turn)
    jpeg = _jpeg(upright)
    width, height = upright.size
    upright.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    digest = hashlib.sha256(jpeg).hexdigest()
    return Photo(jpeg, _jpeg(upright), width, height, digest, place=_place(exif), taken_at=_taken_at(exif))


def _read(data: bytes | BinaryIO, max_bytes: int, field: str) -> bytes:
    """All bytes of the upload, if there are some and not too many."""
    if not isinstance(data, bytes):
        if data.seekable():
            data.seek(0)
        data = data.read(max_bytes + 1)
    if not data:
        raise EmptyFile(field=field)
    if len(data) > max_bytes:
        raise TooManyBytes(field=field)
    return data


def _open(raw: bytes, max_pixels: int, field: str) -> ImageFile:
    """The picture with its header read and nothing decoded; its kind by the first bytes."""
    reader = _reader(raw, field)
    try:
        # The readers are named, so no other of Pillow's forty parsers ever sees an upload.
        image = reader(io.BytesIO(raw))
    except Image.DecompressionBombError:
        raise TooManyPixels(field=field) from None
    except Exception:
        # Parsers fed with hostile bytes raise anything (struct.error, KeyError, ...): all mean "not readable".
        logger.info("photo.header_unreadable", exc_info=True)
        raise DamagedPhoto(field=field) from None
    if image.width * image.height > max_pixels:
        raise TooManyPixels(field=field)
    return image


class _Jpeg(JpegImageFile):
    def _read_dpi_from_exif(self) -> None:
        """Nothing: Pillow looks for a resolution here, and a broken EXIF block would cost the photo."""


def _reader(raw: bytes, field: str) -> type[ImageFile]:
    if raw.startswith(b"\xff\xd8\xff"):
        _check_jpeg_parts(raw, field)
        return _Jpeg
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        _check_png_parts(raw, field)
        return PngImageFile
    if raw.startswith(b"RIFF") and raw[8:12] == b"WEBP":
        return WebPImageFile
    if raw[4:8] == b"ftyp" and raw[8:12] in _HEIC_BRANDS:
        raise HeicPhoto(field=field)
    raise NotAPhoto(field=field)


def _check_jpeg_parts(raw: bytes, field: str) -> None:
    position, parts, scans = 2, 0, 0
    while match := _JPEG_MARKER.search(raw, position):
        marker, start = raw[match.end() - 1], match.end()
        if marker == _JPEG_END:
            return
        parts, scans = parts + 1, scans + (marker == _JPEG_SCAN)
        if parts > MAX_PARTS or scans > MAX_SCANS:
            raise DamagedPhoto(field=field)
        position = start + max(2, int.from_bytes(raw[start : start + 2], "big"))


def _check_png_parts(raw: bytes, field: str) -> None:
    position, parts = 8, 0
    while position < len(raw):
        parts += 1
        if parts > MAX_PARTS:
            raise DamagedPhoto(field=field)
        position += 12 + int.from_bytes(raw[position : position + 4], "big")


def _decode(image: ImageFile, side: int, field: str) -> Image.Image:
    """The pixels as opaque RGB, at most ``side`` a side; a JPEG is decoded at a fraction of its size."""
    scale = min(1.0, side / max(image.size))
    target = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    try:
        image.draft(None, target)
        image.load()
        small = _reduced(image, max(image.size) // side)
    except MemoryError:
        raise
    except Exception:
        logger.info("photo.pixels_unreadable", exc_info=True)
        raise DamagedPhoto(field=field) from None
    return small if small.size == target else small.resize(target, Image.Resampling.LANCZOS)


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """``image`` divided by ``factor`` as opaque RGB, strip by strip: a whole copy would double the memory."""
    factor = max(1, factor)
    if factor == 1 and image.mode == "RGB" and not image.has_transparency_data:
        return image
    size = (math.ceil(image.width / factor), math.ceil(image.height / factor))
    result = Image.new("RGB", size)
    rows = max(1, STRIP_PIXELS // image.width // factor) * factor
    for top in range(0, image.height, rows):
        strip = _opaque(image.crop((0, top, image.width, min(top + rows, image.height))))
        result.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    return result


def _opaque(image: Image.Image) -> Image.Image:
    """RGB on white."""
    if image.mode.startswith("I"):
        # 16-bit grey: Pillow's own conversion would cut everything above 255 to white.
        image = image.point(lambda value: value / 256).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    result = Image.new("RGB", image.size, "white")
    result.paste(layered, mask=layered.getchannel("A"))
    return result


def _jpeg(image: Image.Image) -> bytes:
    # Pillow carries a JPEG's comment over to the copy by itself.
    image.info = {}
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _exif(image: ImageFile) -> dict[int, Any]:
    """Orientation, time and GPS tags in one flat table; a broken EXIF block never costs the photo."""
    try:
        exif = image.getexif()
        return {**exif.get_ifd(ExifTags.IFD.GPSInfo), **exif.get_ifd(ExifTags.IFD.Exif), **exif}
    except Exception:
        logger.info("photo.exif_unreadable", exc_info=True)
        return {}


def _place(exif: dict[int, Any]) -> Place | None:
    """Longitude and latitude; None when absent, impossible, or the 0/0 of a camera without reception."""
    longitude = _degrees(
        exif.get(ExifTags.GPS.GPSLongitude), exif.get(ExifTags.GPS.GPSLongitudeRef), "W", 180
    )
    latitude = _degrees(exif.get(ExifTags.GPS.GPSLatitude), exif.get(ExifTags.GPS.GPSLatitudeRef), "S", 90)
    if longitude is None or latitude is None or (longitude == 0 and latitude == 0):
        return None
    return longitude, latitude


def _degrees(value: Any, hemisphere: Any, negative: str, limit: int) -> float | None:
    """Degrees, minutes and seconds as a signed number with 7 decimals (1 cm)."""
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    total = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(total) or not 0 <= total <= limit:
        return None
    return round(-total if hemisphere == negative else total, 7)


def _taken_at(exif: dict[int, Any]) -> dt.datetime | None:
    """When the shutter opened, in UTC; a camera that names no offset is taken to show the district's time."""
    text = str(exif.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
    offset = exif.get(ExifTags.Base.OffsetTimeOriginal, "")
    try:
        zone = dt.datetime.strptime(offset, "%z").tzinfo if offset else LOCAL
        taken = dt.datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
        return taken.astimezone(dt.UTC)
    except (TypeError, ValueError, OverflowError):
        return None
