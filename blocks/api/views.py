"""Doors of areas: lists, the block of a point, and the outlines for maps.

Leaves to others: the detail of a block with its roster (staffing.api), finding (blocks.querysets).
"""

from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase
from django.middleware.gzip import re_accepts_gzip
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from blocks.api.filters import AreaFilters, BlockFilters, CommunityFilters, MapFilters, PointFilters
from blocks.api.serializers import (
    BlockSerializer,
    CommunitySerializer,
    FeatureCollectionSerializer,
    StreetSerializer,
)
from blocks.exceptions import NothingThere
from blocks.models import Block, Community, Division, Street
from yuhu.kit import clock
from yuhu.kit.rest.views import ListView, ScopedView

GEOJSON = "application/geo+json"


@extend_schema(summary=_("Streets"))
class StreetList(ListView[Street]):
    """All streets of the district."""

    queryset = Street.objects.defer("boundary")
    serializer_class = StreetSerializer
    read_scope = "blocks:read"
    filterset_class = AreaFilters
    ordering: ClassVar = ("code",)


@extend_schema(summary=_("Communities"))
class CommunityList(ListView[Community]):
    """All communities and villages."""

    queryset = Community.objects.defer("boundary")
    serializer_class = CommunitySerializer
    read_scope = "blocks:read"
    filterset_class = CommunityFilters
    ordering: ClassVar = ("code",)


@extend_schema(summary=_("Blocks"))
class BlockList(ListView[Block]):
    """The blocks in force on a day."""

    queryset = Block.objects.with_parents().defer("boundary")
    serializer_class = BlockSerializer
    read_scope = "blocks:read"
    filterset_class = BlockFilters
    ordering: ClassVar = ("code", "pk")


class BlockOfPoint(ScopedView[Block]):
    """The block that holds a point; on a shared edge one block, always the same."""

    queryset = Block.objects.with_parents()
    serializer_class = BlockSerializer
    read_scope = "blocks:read"
    filterset_class = PointFilters
    pagination_class = None

    @extend_schema(summary=_("The block of a point"), filters=True)
    def get(self, request: Request) -> Response:
        block = self.filter_queryset(self.get_queryset()).first()
        if block is None:
            raise NothingThere
        return Response(self.get_serializer(block).data)


class BlockMap(ScopedView[Division]):
    """Outlines for maps. They change with a division only, so a map asks with the ETag that it has."""

    queryset = Division.objects.all()
    serializer_class = FeatureCollectionSerializer
    read_scope = "blocks:read"
    filterset_class = MapFilters
    pagination_class = None

    @extend_schema(
        operation_id="block_map_retrieve",
        summary=_("Outlines of the blocks (GeoJSON)"),
        filters=True,
        responses={
            (200, GEOJSON): FeatureCollectionSerializer,
            304: OpenApiResponse(description=_("As you have it.")),
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        divisions: Any = self.filter_queryset(self.get_queryset())
        division = divisions.in_force(clock.today()).order_by("district_id").first()
        street = request.query_params.get("street", "")
        etag = f'"{division.digest}-{street}"' if division and division.digest else None
        if etag and (unchanged := get_conditional_response(request._request, etag=etag)):
            return _cached(unchanged)
        if etag and division and re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")):
            # Packed once per division; the middleware, which packs anew each time, leaves it as it is. Its tag is weak,
            # as the middleware would make it: it stands for both forms.
            response = HttpResponse(division.packed_feature_collection(street), content_type=GEOJSON)
            response["Content-Encoding"] = "gzip"
            response["ETag"] = f"W/{etag}"
        else:
            response = HttpResponse(_outlines(division, street), content_type=GEOJSON)
            if etag:
                response["ETag"] = etag
        patch_vary_headers(response, ("Accept-Encoding",))
        return _cached(response)


def _outlines(division: Division | None, street: str) -> bytes:
    return division.feature_collection(street) if division else b'{"type":"FeatureCollection","features":[]}'


def _cached(response: HttpResponseBase) -> HttpResponseBase:
    patch_cache_control(response, private=True, no_cache=True)
    return response
