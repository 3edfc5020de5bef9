"""Every address of the system."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
