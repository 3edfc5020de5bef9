"""Sections of the desk's pages that look back and ahead: a block or a unit on any day, and a person's career.

Leaves to others: the tables themselves (figures).
"""

from typing import Any

from django.http import HttpRequest, HttpResponse

from staffing.admin.base import HistoryAdmin, day_of
from staffing.figures import block_on, career_of, holders_of, sittings_on
from staffing.models import PlatformLink
from staffing.policies import appoints
from yuhu.kit import clock


class DaySections(HistoryAdmin):
    """Pages below whose facts more is told, on the day that the address asks for (``?on=2022-06-01``)."""

    def sections(self, request: HttpRequest, obj: Any, on: Any) -> dict[str, Any]:
        """What the template is told about ``obj`` on the day."""
        raise NotImplementedError

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        if obj is not None:
            today = clock.today()
            on = day_of(request.GET.get("on")) or today
            context |= {"on": on, "today": today, **self.sections(request, obj, on)}
        return super().render_change_form(request, context, *args, **kwargs)


class BlockDays(DaySections):
    """A block: its roster and the street's offices on the day, and everybody who ever had a post of it."""

    def sections(self, request: HttpRequest, obj: Any, on: Any) -> dict[str, Any]:
        return {"block_day": block_on(obj, on), "lines": holders_of(obj, clock.today()), "of_block": True}


class UnitDays(DaySections):
    """A unit: its people on the day, and which platform it belonged to."""

    def sections(self, request: HttpRequest, obj: Any, on: Any) -> dict[str, Any]:
        link = PlatformLink.objects.on(on).filter(office=obj).select_related("platform").first()
        return {"sittings": sittings_on(obj, on), "platform": link.platform if link else None}


class CareerSection(DaySections):
    """A person: every seat that he or she ever had."""

    def sections(self, request: HttpRequest, obj: Any, on: Any) -> dict[str, Any]:
        return {"lines": career_of(obj, clock.today()), "appoints": bool(appoints(request.user, on=on))}
