"""What lists of areas may be filtered by."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from blocks.querysets import AreaQuerySet, BlockQuerySet
from yuhu.kit import clock
from yuhu.kit.rest import filters

STREET_CODE, COMMUNITY_CODE = r"[0-9]{9}", r"[0-9]{12}"


class AreaFilters(filters.StrictFilterSet):
    """By words."""

    q = filters.Words(method="by_words", help_text=_("Part of the name, or the beginning of the code."))

    def by_words(self, rows: AreaQuerySet[Any], name: str, value: str) -> AreaQuerySet[Any]:
        return rows.search(value)


class CommunityFilters(AreaFilters):
    """By street, by words."""

    street = filters.Code(form=STREET_CODE)


class BlockFilters(AreaFilters):
    """Of the divisions in force on a day: today, unless ``on`` says otherwise."""

    street = filters.Code(form=STREET_CODE, method="by_area")
    community = filters.Code(form=COMMUNITY_CODE, method="by_area")
    on = filters.Day(method="in_force", help_text=_("The day whose division counts; today without it."))

    def filter_queryset(self, queryset: BlockQuerySet[Any]) -> Any:
        if self.form.cleaned_data.get("on") is None:
            queryset = queryset.in_force(clock.today())
        return super().filter_queryset(queryset)

    def by_area(self, rows: BlockQuerySet[Any], name: str, value: str) -> BlockQuerySet[Any]:
        return rows.in_area(value)

    def in_force(self, rows: BlockQuerySet[Any], name: str, value: dt.date) -> BlockQuerySet[Any]:
        return rows.in_force(value)


class PointFilters(filters.StrictFilterSet):
    """The point whose block is asked for."""

    longitude = filters.Degrees(limit=180)
    latitude = filters.Degrees(limit=90)
    on = filters.Day(help_text=_("The day whose division counts; today without it."))

    def filter_queryset(self, queryset: BlockQuerySet[Any]) -> BlockQuerySet[Any]:
        asked = self.form.cleaned_data
        on = asked.get("on") or clock.today()
        found = queryset.locate(longitude=asked["longitude"], latitude=asked["latitude"], on=on)
        return queryset.filter(pk=found.pk) if found else queryset.none()


class MapFilters(filters.StrictFilterSet):
    """Which street's blocks the map shows; the view picks them."""

    street = filters.Code(form=STREET_CODE)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset
