"""The pages with the named cast: everybody reads English, and the clock shows the moment at which the cast acts."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.world import AT, World
from yuhu.kit import clock


@dataclass
class Clock:
    """What the doors see when they look at the clock."""

    at: dt.datetime = AT

    def go(self, **by: float) -> dt.datetime:
        """Time passes."""
        self.at += dt.timedelta(**by)
        return self.at


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    shown = Clock()
    monkeypatch.setattr(clock, "now", lambda: shown.at)
    return shown


@pytest.fixture
def as_(world: World) -> Callable[[str], Client]:
    """A browser in which somebody of the cast is logged in."""

    def log_in(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(world.people[name])
        return client

    return log_in


@pytest.fixture
def anybody() -> Client:
    """A browser without log-in."""
    return Client(headers={"accept-language": "en"})


def jpeg(
    colour: tuple[int, int, int] = (120, 130, 90), size: tuple[int, int] = (64, 48), **options: Any
) -> bytes:
    """A photo of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", **options)
    return out.getvalue()


def photo(
    name: str = "photo.jpg", *, colour: tuple[int, int, int] = (120, 130, 90), **options: Any
) -> SimpleUploadedFile:
    """A photo as a form sends it."""
    return SimpleUploadedFile(name, jpeg(colour, **options), content_type="image/jpeg")
