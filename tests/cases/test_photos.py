"""What cases.photos accepts, what it refuses and what it leaves of a photo: every hostile file is made here."""

import datetime as dt
import io
import json
import random
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from cases import photos
from yuhu.kit.exceptions import Refusal

ROOT = Path(__file__).resolve().parents[2]
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


# What is accepted


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_a_jpeg_and_a_thumbnail(kind: str) -> None:
    photo = photos.prepare(encoded(halves((800, 400)), kind))
    assert (photo.width, photo.height) == reopened(photo.jpeg).size == (800, 400)
    assert reopened(photo.thumbnail).size == (320, 160)
    assert near(reopened(photo.jpeg).getpixel((10, 10)), RED)
    assert near(reopened(photo.thumbnail).getpixel((310, 150)), BLUE)


def test_a_large_photo_is_reduced_to_2560_a_side_and_keeps_its_shape() -> None:
    photo = photos.prepare(encoded(halves((6000, 4000))))
    assert (photo.width, photo.height) == (2560, 1707)
    assert near(reopened(photo.jpeg).getpixel((100, 100)), RED)
    assert near(reopened(photo.jpeg).getpixel((2500, 1600)), BLUE)


def test_a_large_png_is_reduced_strip_by_strip_without_seams() -> None:
    photo = photos.prepare(encoded(halves((6001, 3001)), "PNG", compress_level=1))
    column = reopened(photo.jpeg).crop((10, 0, 11, photo.height)).getcolors()
    assert (photo.width, photo.height) == (2560, 1280)
    assert column is not None
    assert all(near(colour, RED) for _count, colour in column)


def test_a_photo_of_one_pixel_is_a_photo() -> None:
    photo = photos.prepare(encoded(Image.new("RGB", (1, 1), RED), "PNG"))
    assert (photo.width, photo.height) == (1, 1)
    assert reopened(photo.thumbnail).size == (1, 1)


@pytest.mark.parametrize("size", [(60_000, 1), (1, 60_000)])
def test_a_line_of_one_pixel_keeps_at_least_one_pixel_a_side(size: tuple[int, int]) -> None:
    photo = photos.prepare(encoded(Image.new("RGB", size, RED), "PNG"))
    assert sorted((photo.width, photo.height)) == [1, 2560]


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    photo = photos.prepare(encoded(halves().convert("CMYK")))
    assert reopened(photo.jpeg).mode == "RGB"
    assert near(reopened(photo.jpeg).getpixel((5, 5)), RED, 30)
    assert near(reopened(photo.jpeg).getpixel((75, 35)), BLUE, 30)


def test_a_palette_picture_with_transparency_stands_on_white() -> None:
    image = Image.new("P", (20, 20), 0)
    image.putpalette([*RED, *BLUE])
    image.paste(1, (10, 0, 20, 20))
    photo = photos.prepare(encoded(image, "PNG", transparency=1))
    assert near(reopened(photo.jpeg).getpixel((2, 2)), RED)
    assert near(reopened(photo.jpeg).getpixel((17, 17)), WHITE)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_becomes_white(kind: str) -> None:
    image = Image.new("RGBA", (40, 20), (*RED, 255))
    image.paste((0, 0, 0, 0), (20, 0, 40, 20))
    jpeg = reopened(photos.prepare(encoded(image, kind, lossless=True)).jpeg)
    assert near(jpeg.getpixel((4, 4)), RED)
    assert near(jpeg.getpixel((36, 16)), WHITE)


def test_sixteen_bit_grey_is_scaled_and_not_cut() -> None:
    row = b"\0" + struct.pack(">H", 0x8000) * 16
    photo = photos.prepare(png_file(16, 16, png_chunk(b"IDAT", zlib.compress(row * 16)), depth=16, colour=0))
    assert near(reopened(photo.jpeg).getpixel((8, 8)), (128, 128, 128))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_taken(kind: str) -> None:
    first, second = Image.new("RGB", (32, 32), RED), Image.new("RGB", (32, 32), BLUE)
    photo = photos.prepare(encoded(first, kind, save_all=True, append_images=[second], duration=50))
    assert near(reopened(photo.jpeg).getpixel((16, 16)), RED, 20)


def test_a_file_object_is_read_from_its_beginning_wherever_it_stands() -> None:
    upload = io.BytesIO(encoded(halves()))
    upload.read()
    assert photos.prepare(upload).width == 80


def test_the_same_upload_gives_the_same_digest_and_another_one_does_not() -> None:
    upload = encoded(halves())
    assert photos.prepare(upload).sha256 == photos.prepare(upload).sha256
    assert photos.prepare(upload).sha256 != photos.prepare(encoded(halves((82, 40)))).sha256


# What the camera said


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_place_is_read_and_then_stripped(kind: str) -> None:
    upload = encoded(halves(), kind, exif=camera_exif())
    assert b"SECRETMAKER" in upload
    photo = photos.prepare(upload)
    assert photo.place == (112.905, 27.87)
    for stored in (photo.jpeg, photo.thumbnail):
        assert b"SECRETMAKER" not in stored
        assert b"Exif" not in stored
        assert not reopened(stored).getexif()


def test_comments_and_xmp_and_colour_profiles_do_not_survive() -> None:
    xmp = b"<x:xmpmeta>SECRETXMP</x:xmpmeta>"
    upload = encoded(halves(), comment=b"SECRETCOMMENT", xmp=xmp, icc_profile=b"SECRETPROFILE" * 20)
    assert upload.count(b"SECRET") >= 3
    photo = photos.prepare(upload)
    assert b"SECRET" not in photo.jpeg + photo.thumbnail


def test_nothing_behind_the_picture_survives() -> None:
    photo = photos.prepare(encoded(halves()) + b"<script>alert(1)</script>" * 50)
    assert b"script" not in photo.jpeg


def test_south_and_west_are_negative() -> None:
    exif = camera_exif(north="S", east="W", longitude=(112, 30, 0), latitude=(27, 30, 0))
    assert photos.prepare(encoded(halves(), exif=exif)).place == (-112.5, -27.5)


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [
        ((0, 0, 0), (0, 0, 0)),
        ((500, 0, 0), (27, 0, 0)),
        ((112, 0, 0), (91, 0, 0)),
        ((112,), (27, 0, 0)),
        (None, (27, 0, 0)),
    ],
)
def test_an_impossible_place_is_no_place(longitude: object, latitude: object) -> None:
    exif = camera_exif(longitude=(1, 1, 1), latitude=latitude)
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    if longitude is None:
        del gps[ExifTags.GPS.GPSLongitude]
    else:
        gps[ExifTags.GPS.GPSLongitude] = longitude
    assert photos.prepare(encoded(halves(), exif=exif)).place is None


def test_a_photo_without_exif_has_neither_place_nor_time() -> None:
    photo = photos.prepare(encoded(halves()))
    assert photo.place is None
    assert photo.taken_at is None


def test_broken_exif_does_not_cost_the_photo() -> None:
    upload = encoded(halves(), exif=camera_exif())
    start = upload.index(b"Exif\0\0") + 6
    photo = photos.prepare(upload[: start + 4] + b"\xff" * 24 + upload[start + 28 :])
    assert photo.width == 80
    assert photo.place is None


def test_a_time_without_offset_is_the_time_of_the_district() -> None:
    exif = camera_exif(DateTimeOriginal="2022:06:01 08:30:00")
    taken = photos.prepare(encoded(halves(), exif=exif)).taken_at
    assert taken == dt.datetime(2022, 6, 1, 0, 30, tzinfo=dt.UTC)
    assert taken.utcoffset() == dt.timedelta(0)


def test_a_time_with_offset_is_taken_at_its_word() -> None:
    exif = camera_exif(DateTimeOriginal="2022:06:01 08:30:00", OffsetTimeOriginal="+01:00")
    taken = photos.prepare(encoded(halves(), exif=exif)).taken_at
    assert taken == dt.datetime(2022, 6, 1, 7, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text", ["0000:00:00 00:00:00", "yesterday", "", "0001:01:01 00:00:00", "2022:02:30 10:00:00"]
)
def test_an_impossible_time_is_no_time(text: str) -> None:
    assert photos.prepare(encoded(halves(), exif=camera_exif(DateTimeOriginal=text))).taken_at is None


LEFT, RIGHT, TOP, BOTTOM = (5, 20), (75, 20), (20, 5), (20, 75)


@pytest.mark.parametrize(
    ("orientation", "red_is_at", "size"),
    [
        (1, LEFT, (80, 40)),
        (2, RIGHT, (80, 40)),
        (3, RIGHT, (80, 40)),
        (4, LEFT, (80, 40)),
        (5, TOP, (40, 80)),
        (6, TOP, (40, 80)),
        (7, BOTTOM, (40, 80)),
        (8, BOTTOM, (40, 80)),
        (99, LEFT, (80, 40)),
    ],
)
def test_the_stored_rotation_is_applied(
    orientation: int, red_is_at: tuple[int, int], size: tuple[int, int]
) -> None:
    photo = photos.prepare(encoded(halves(), exif=camera_exif(Orientation=orientation)))
    assert (photo.width, photo.height) == reopened(photo.jpeg).size == size
    assert near(reopened(photo.jpeg).getpixel(red_is_at), RED, 30)


# What is refused


def test_zero_bytes_are_refused() -> None:
    refusal = refused(b"")
    assert (refusal.status, refusal.code, refusal.field) == (400, "empty_file", "file")
    assert type(refusal) is photos.EmptyFile


@pytest.mark.parametrize(
    "data",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7\n",
        b"GIF89a" + bytes(40),
        b"MZ" + bytes(400),
        b"\x00",
        "你好".encode(),
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
    ],
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(data: bytes) -> None:
    upload = io.BytesIO(data)
    upload.name = "photo.jpg"
    with pytest.raises(photos.NotAPhoto) as caught:
        photos.prepare(upload)
    assert (caught.value.status, caught.value.code) == (400, "not_an_image")


def test_heic_is_refused_with_the_way_out() -> None:
    refusal = refused(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100))
    assert (refusal.status, refusal.code) == (400, "heic")
    assert type(refusal) is photos.HeicPhoto


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_truncated_photo_is_refused(kind: str, share: float) -> None:
    whole = encoded(Image.effect_noise((200, 200), 80).convert("RGB"), kind)
    assert photos.prepare(whole).width == 200
    refusal = refused(whole[: int(len(whole) * share)])
    assert (refusal.status, refusal.code) == (400, "damaged_image")


@pytest.mark.parametrize("magic", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\x00\x00\x00WEBPVP8 "])
@pytest.mark.parametrize("rest", [b"", b"\x00" * 500, b"\xff" * 500, b"<html>" * 100])
def test_html_behind_the_first_bytes_of_a_photo_is_refused(magic: bytes, rest: bytes) -> None:
    assert refused(magic + rest).code == "damaged_image"


def test_a_png_header_that_promises_gigabytes_is_refused_before_decoding() -> None:
    bomb = png_file(65_000, 65_000, png_chunk(b"IDAT", zlib.compress(bytes(1_000_000))))
    assert len(bomb) < 2_000
    refusal = refused(bomb)
    assert (refusal.status, refusal.code) == (413, "too_many_pixels")


def test_a_webp_header_that_promises_gigabytes_is_refused_before_decoding() -> None:
    assert refused(webp_bomb(16_000, 16_000)).code == "too_many_pixels"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_sixty_megapixels_are_refused_with_413(kind: str) -> None:
    refusal = refused(encoded(Image.new("L", (10_000, 6_000)), kind))
    assert (refusal.status, refusal.code) == (413, "too_many_pixels")


def test_the_limit_of_pixels_is_exact() -> None:
    at_limit = encoded(Image.new("L", (100, 50)), "PNG")
    assert photos.prepare(at_limit, max_pixels=5_000).width == 100
    assert refused(at_limit, max_pixels=4_999).code == "too_many_pixels"


def test_thirty_megabytes_are_refused_with_413() -> None:
    refusal = refused(encoded(halves()) + bytes(30 * 1024 * 1024))
    assert (refusal.status, refusal.code) == (413, "too_many_bytes")


def test_the_limit_of_bytes_is_exact_and_no_more_is_read() -> None:
    upload = encoded(halves())
    assert photos.prepare(upload, max_bytes=len(upload)).width == 80
    longer = io.BytesIO(upload + bytes(1000))
    with pytest.raises(photos.TooManyBytes):
        photos.prepare(longer, max_bytes=len(upload))
    assert longer.tell() == len(upload) + 1


def test_a_progressive_photo_is_accepted_and_endless_scans_are_refused() -> None:
    upload = encoded(halves(), progressive=True)
    assert photos.prepare(upload).width == 80
    scan = upload[upload.rindex(b"\xff\xda") : -2]
    assert refused(upload[:-2] + scan * 100 + upload[-2:]).code == "damaged_image"


def test_scans_of_a_film_behind_the_picture_do_not_count() -> None:
    assert photos.prepare(encoded(halves()) + b"\xff\xda" * 10_000).width == 80


def test_millions_of_empty_parts_are_refused_at_once() -> None:
    jpeg = encoded(halves())
    assert refused(jpeg[:2] + b"\xff\xfe\x00\x02" * 1_000_000 + jpeg[2:]).code == "damaged_image"
    pixels = png_chunk(b"IDAT", zlib.compress(bytes(25 * 8)))
    assert photos.prepare(png_file(8, 8, png_chunk(b"abCd", b"") * 100, pixels)).width == 8
    assert refused(png_file(8, 8, png_chunk(b"abCd", b"") * 500_000, pixels)).code == "damaged_image"


def test_a_compressed_text_that_unfolds_without_end_is_refused() -> None:
    text = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000)))
    pixels = png_chunk(b"IDAT", zlib.compress(bytes(25 * 8)))
    assert refused(png_file(8, 8, text, pixels)).code == "damaged_image"


def test_a_refusal_names_the_field_of_the_form() -> None:
    with pytest.raises(photos.EmptyFile) as caught:
        photos.prepare(b"", field="photo")
    assert caught.value.field == "photo"


def test_whatever_is_damaged_is_a_photo_or_a_refusal_and_never_an_error() -> None:
    exif = camera_exif(DateTimeOriginal="2022:06:01 08:30:00", Orientation=6)
    samples = [encoded(halves(), kind, exif=exif) for kind in ("JPEG", "PNG", "WEBP")]
    samples += [encoded(halves(), progressive=True), encoded(halves().convert("P"), "PNG")]
    dice = random.Random(20221122)
    answers = set()
    for _try in range(2_000):
        data = bytearray(dice.choice(samples))
        for _byte in range(dice.randint(1, 8)):
            data[dice.randrange(len(data))] = dice.choice((0, 255, dice.randrange(256)))
        try:
            photos.prepare(bytes(data))
            answers.add("photo")
        except Refusal as refusal:
            answers.add(refusal.code)
    assert {"photo", "damaged_image", "not_an_image"} <= answers


# What it costs

MEASURE = """
import json, pathlib, sys, time
from cases import photos
def peak():
    return int(pathlib.Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
before, start = peak(), time.monotonic()
with open(sys.argv[1], "rb") as upload:
    photo = photos.prepare(upload)
print(json.dumps({"megabytes": peak() - before, "seconds": time.monotonic() - start, "width": photo.width}))
"""


def cost(path: Path) -> dict[str, float]:
    """Peak memory and time of one photo in a process of its own.

    VmHWM and not ``ru_maxrss``: Linux starts the latter at the size of the parent, here pytest.
    """
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    ("name", "options", "megabytes"),
    [
        # Measured 100 MB: decoded at half size, 12.5 megapixels of 4 bytes, and the copy that is turned into a JPEG.
        ("baseline.jpg", {}, 180),
        # Measured 340 MB: a progressive file keeps all its coefficients, 2 bytes each, until the last scan.
        ("progressive.jpg", {"progressive": True, "subsampling": 0}, 450),
        # Measured 280 MB: no decoding at a fraction, so 50 megapixels of 4 bytes.
        ("opaque.png", {"compress_level": 1}, 380),
    ],
)
def test_the_largest_photo_that_is_accepted_costs_little(
    name: str, options: dict[str, Any], megabytes: int, tmp_path: Path
) -> None:
    gradient = Image.linear_gradient("L").resize((8_660, 5_773))
    upside_down = gradient.transpose(Image.Transpose.ROTATE_180)
    Image.merge("RGB", (gradient, upside_down, gradient)).save(tmp_path / name, **options)
    answer = cost(tmp_path / name)
    assert answer["width"] == 2_560
    assert answer["megabytes"] < megabytes
    assert answer["seconds"] < 20
