"""Addresses of the service catalogue, below ``/api/v1/`` (yuhu.api.urls mounts them)."""

from django.urls import path

from services.api import views

urlpatterns = [path("service-items/", views.ServiceItemList.as_view(), name="service-items")]
