"""What every page's frame shows: the district's brand, where one can go, and whether this is the demo."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from blocks.models import District
from yuhu.dashboard import navigation

logger = logging.getLogger(__name__)

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
    try:
        kept: Brand | None = cache.get(_KEY)
    except Exception:  # the cache is a convenience: any failure of its server must not cost a page
        logger.warning("brand.cache_away", exc_info=True)
        kept = None
    return kept or _ask()


def _ask() -> Brand:
    columns = ("code", "brand", "name", "name_en")
    try:
        row = District.objects.order_by("code").values_list(*columns).first()
    except DatabaseError:
        return Brand()
    if row is None:
        return Brand()
    brand = Brand(*row)
    try:
        cache.set(_KEY, brand, BRAND_SECONDS)
    except Exception:  # see above
        logger.warning("brand.cache_away", exc_info=True)
    return brand


def _safely(
    places: Callable[[HttpRequest], list[navigation.Entry]], request: HttpRequest
) -> list[navigation.Entry]:
    """The page that tells of a failing database cannot ask it who may go where."""
    try:
        return places(request)
    except DatabaseError:
        return []
