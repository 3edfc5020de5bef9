"""What every page's frame shows: the district's brand and whether this is the demo."""

from django.conf import settings
from django.http import HttpRequest

from blocks.models import District


def surroundings(request: HttpRequest) -> dict[str, object]:
    """Context processor. Lazy: pages that do not show the frame pay nothing."""
    return {"district": District.brand_of_this_place, "demo_outbox": settings.DEMO_OUTBOX}
