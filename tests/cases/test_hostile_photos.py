"""What cases.photos refuses, and what the largest photo that it accepts costs: every hostile file is made here."""

import io
import json
import random
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cases import photos
from tests.cases.pictures import camera_exif, encoded, halves, png_chunk, png_file, refused, webp_bomb
from yuhu.kit.exceptions import Refusal

ROOT = Path(__file__).resolve().parents[2]
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
