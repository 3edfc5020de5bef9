"""Addresses of units and of a block's detail, below ``/api/v1/`` (yuhu.api.urls mounts them)."""

from django.urls import re_path

from staffing.api import views

urlpatterns = [
    re_path(r"^units/$", views.UnitList.as_view(), name="units"),
    re_path(r"^blocks/(?P<code>[0-9]{14})/$", views.BlockDetail.as_view(), name="block"),
]
