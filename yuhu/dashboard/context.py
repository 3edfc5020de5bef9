"""What every page's frame shows: the district's brand, where one can go, and whether this is the demo."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from blocks.models import District
from yuhu.dashboard import navigation
from yuhu.kit import keeping

BRAND_SECONDS = 300
_KEY = "dashboard.brand"


@dataclass(frozen=True)
class Brand:
    """The district that runs this place. Empty on a database that has none yet."""

    code: str = ""
    brand: str = ""
    name_zh: str = ""
    name_en: str = ""

    @property
    def name(self) -> str:
        """In the reader's language."""
        english = (get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name_zh


def surroundings(request: HttpRequest) -> dict[str, object]:
    """Context processor. Lazy: pages that do not show the frame pay nothing."""
    return {
        "district": SimpleLazyObject(brand_of_this_place),
        "navigation": SimpleLazyObject(lambda: _safely(navigation.entries, request)),
        "person_links": SimpleLazyObject(lambda: _safely(navigation.person_links, request)),
        "demo_outbox": settings.DEMO_OUTBOX,
    }


def brand_of_this_place() -> Brand:
    """Kept for some minutes. An error page needs it too: whatever fails here, the page goes on without."""
    kept: Brand | None = keeping.look_up(_KEY)
    if kept is not None:
        return kept
    try:
        row = District.objects.order_by("code").values_list("code", "brand", "name", "name_en").first()
    except DatabaseError:
        return Brand()
    if row is None:
        return Brand()
    keeping.keep(_KEY, Brand(*row), seconds=BRAND_SECONDS)
    return Brand(*row)


def _safely(
    places: Callable[[HttpRequest], list[navigation.Entry]], request: HttpRequest
) -> list[navigation.Entry]:
    """The page that tells of a failing database cannot ask it who may go where."""
    try:
        return places(request)
    except DatabaseError:
        return []
