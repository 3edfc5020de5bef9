"""The app's icons are the logo: drawn from the SVG files by a real browser, compared with the repository's.

``WRITE_ICONS=1 pytest tests/browser/test_icons.py`` draws them anew after the logo was changed.
"""

import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

IMAGES = Path(__file__).parents[2] / "static/img"
ICONS = [
    ("logo.svg", "icon-192.png", 192),
    ("logo.svg", "icon-512.png", 512),
    ("icon-maskable.svg", "icon-maskable-512.png", 512),
]


def drawn(chromium: Any, source: str, size: int) -> Image.Image:
    """The SVG file as a browser shows it, on nothing."""
    page = chromium.new_page(viewport={"width": size, "height": size})
    svg = (
        (IMAGES / source)
        .read_text(encoding="utf-8")
        .replace("<svg ", f'<svg width="{size}" height="{size}" ', 1)
    )
    page.set_content(f"<body style='margin:0'>{svg}")
    picture = page.screenshot(omit_background=True)
    page.close()
    return Image.open(io.BytesIO(picture)).convert("RGBA")


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of a pixel, of 255."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize(("source", "name", "size"), ICONS)
def test_every_icon_is_drawn_from_its_file(chromium: Any, source: str, name: str, size: int) -> None:
    picture = drawn(chromium, source, size)
    if os.environ.get("WRITE_ICONS"):
        picture.quantize(128).save(IMAGES / name, optimize=True)
    kept = Image.open(IMAGES / name).convert("RGBA")
    assert kept.size == (size, size)
    assert difference(picture, kept) < 2


def test_another_drawing_would_be_seen(chromium: Any) -> None:
    assert difference(drawn(chromium, "logo.svg", 192), drawn(chromium, "icon-maskable.svg", 192)) > 4
