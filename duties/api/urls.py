"""Addresses of the duty lists, below ``/api/v1/`` (yuhu.api.urls mounts them)."""

from django.urls import path, re_path

from duties.api import views

urlpatterns = [
    path("duty-lists/", views.DutyListList.as_view(), name="duty-lists"),
    re_path(r"^duty-lists/(?P<pk>[0-9]{1,18})/items/$", views.DutyItemList.as_view(), name="duty-items"),
]
