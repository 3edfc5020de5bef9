"""What units may be filtered by, and the day whose roster is asked for."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from blocks.api.filters import COMMUNITY_CODE, STREET_CODE
from blocks.querysets import BlockQuerySet
from staffing.models import Unit
from staffing.querysets import UnitQuerySet
from yuhu.kit import clock
from yuhu.kit.rest import filters


class UnitFilters(filters.StrictFilterSet):
    """By kind, area, words."""

    kind = filters.Choice(choices=Unit.Kind.choices)
    street = filters.Code(form=STREET_CODE)
    community = filters.Code(form=COMMUNITY_CODE)
    q = filters.Words(method="by_words", help_text=_("Part of the name, or the beginning of the code."))

    def by_words(self, rows: UnitQuerySet[Any], name: str, value: str) -> UnitQuerySet[Any]:
        return rows.search(value)


class DayFilters(filters.StrictFilterSet):
    """The block as it was on a day: today, unless ``on`` says otherwise."""

    on = filters.Day(help_text=_("The day whose division and roster count; today without it."))

    @property
    def day(self) -> dt.date:
        day: dt.date | None = self.form.cleaned_data.get("on") if self.is_valid() else None
        return day or clock.today()

    def filter_queryset(self, queryset: BlockQuerySet[Any]) -> BlockQuerySet[Any]:
        return queryset.in_force(self.day)
