"""Doors of units, and of a block with its roster (here, since blocks know nobody)."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from blocks.exceptions import UnknownBlock
from blocks.models import Block
from staffing.api.filters import DayFilters, UnitFilters
from staffing.api.serializers import BlockDetailSerializer, UnitSerializer
from staffing.models import Unit
from yuhu.kit.rest.views import ListView, ScopedView


@extend_schema(summary=_("Units"))
class UnitList(ListView[Unit]):
    """Departments, offices, platforms, teams and the areas' own units."""

    queryset = Unit.objects.select_related("parent")
    serializer_class = UnitSerializer
    read_scope = "blocks:read"
    filterset_class = UnitFilters
    ordering: ClassVar = ("code",)


class BlockDetail(ScopedView[Block]):
    """One block with its outline and the people in its posts; ``on`` shows it as it was."""

    queryset = Block.objects.with_parents()
    serializer_class = BlockDetailSerializer
    read_scope = "blocks:read"
    filterset_class = DayFilters
    pagination_class = None

    @extend_schema(summary=_("A block with its roster"), filters=True)
    def get(self, request: Request, code: str) -> Response:
        rows: Any = self.filter_queryset(self.get_queryset())
        block = rows.filter(code=code).first()
        if block is None:
            raise UnknownBlock
        return Response(self.get_serializer(block).data)

    def get_serializer_context(self) -> dict[str, Any]:
        asked = DayFilters(self.request.query_params, Block.objects.none())
        return {**super().get_serializer_context(), "on": asked.day}
