"""Addresses of areas, below ``/api/v1/`` (yuhu.api.urls mounts them)."""

from django.urls import path

from blocks.api import views

urlpatterns = [
    path("streets/", views.StreetList.as_view(), name="streets"),
    path("communities/", views.CommunityList.as_view(), name="communities"),
    path("blocks/", views.BlockList.as_view(), name="blocks"),
    path("blocks/locate/", views.BlockOfPoint.as_view(), name="block-of-point"),
    path("blocks.geojson", views.BlockMap.as_view(), name="block-map"),
]
