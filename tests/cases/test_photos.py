"""What cases.photos accepts and what it leaves of a photo."""

import datetime as dt
import io
import struct
import zlib

import pytest
from PIL import ExifTags, Image

from cases import photos
from tests.cases.pictures import (
    BLUE,
    RED,
    WHITE,
    camera_exif,
    encoded,
    halves,
    near,
    png_chunk,
    png_file,
    reopened,
)

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
