"""Doors of the duty lists: all published versions, and the items of one."""

import datetime as dt
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from duties.api.serializers import DutyItemSerializer, DutyListSerializer
from duties.models import DutyItem, DutyList
from duties.querysets import DutyListQuerySet
from yuhu.kit.exceptions import NotFound
from yuhu.kit.rest import filters
from yuhu.kit.rest.views import ListView


class ListFilters(filters.StrictFilterSet):
    """By kind, and by the day on which a version counts."""

    kind = filters.Choice(choices=DutyList.Kind.choices)
    on = filters.Day(method="in_force", help_text=_("Only the versions that count on this day."))

    def in_force(self, rows: DutyListQuerySet[Any], name: str, value: dt.date) -> DutyListQuerySet[Any]:
        return rows.in_force(value)


@extend_schema(summary=_("Duty lists"))
class DutyListList(ListView[DutyList]):
    """Every published version of the lists; with ``on`` those that count on a day."""

    queryset = DutyList.objects.all()
    serializer_class = DutyListSerializer
    read_scope = "cases:read"
    filterset_class = ListFilters
    ordering: ClassVar = ("kind", "-version")


@extend_schema(summary=_("Items of a duty list"))
class DutyItemList(ListView[DutyItem]):
    """The items of one list, in their order."""

    queryset = DutyItem.objects.select_related("lead_unit")
    serializer_class = DutyItemSerializer
    read_scope = "cases:read"
    ordering: ClassVar = ("number",)

    def get_queryset(self) -> QuerySet[DutyItem]:
        rows = super().get_queryset()
        if "pk" not in self.kwargs:
            return rows
        if not DutyList.objects.within(self.scope).filter(pk=self.kwargs["pk"]).exists():
            raise NotFound
        return rows.filter(list=self.kwargs["pk"])
