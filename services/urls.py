"""Addresses of the public catalogue."""

from django.urls import path

from services import views

app_name = "services"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("<slug:code>/", views.item, name="item"),
]
