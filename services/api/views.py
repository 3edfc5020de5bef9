"""The door of the service catalogue for programs; people read the public pages."""

import datetime as dt
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from services.api.serializers import ServiceItemSerializer
from services.models import ServiceItem
from services.querysets import ServiceItemQuerySet
from yuhu.kit import clock
from yuhu.kit.rest import filters
from yuhu.kit.rest.views import ListView


class ItemFilters(filters.StrictFilterSet):
    """By domain and words, as the catalogue stands on a day: today, unless ``on`` says otherwise."""

    domain = filters.Words(method="in_domain", help_text=_("The domain's key."))
    q = filters.Words(method="by_words", help_text=_("Words of names, conditions or materials, or the code."))
    on = filters.Day(method="in_force", help_text=_("The day whose catalogue counts; today without it."))

    def filter_queryset(self, queryset: ServiceItemQuerySet[Any]) -> Any:
        if self.form.cleaned_data.get("on") is None:
            queryset = queryset.in_force(clock.today())
        return super().filter_queryset(queryset.offered())

    def in_domain(self, rows: ServiceItemQuerySet[Any], name: str, value: str) -> ServiceItemQuerySet[Any]:
        return rows.in_domain(value)

    def by_words(self, rows: ServiceItemQuerySet[Any], name: str, value: str) -> ServiceItemQuerySet[Any]:
        return rows.search(value)

    def in_force(self, rows: ServiceItemQuerySet[Any], name: str, value: dt.date) -> ServiceItemQuerySet[Any]:
        return rows.in_force(value)


@extend_schema(summary=_("Service items"))
class ServiceItemList(ListView[ServiceItem]):
    """What residents can apply for."""

    queryset = ServiceItem.objects.all()
    serializer_class = ServiceItemSerializer
    read_scope = "services:read"
    filterset_class = ItemFilters
    ordering: ClassVar = ("code", "pk")
