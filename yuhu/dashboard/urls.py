"""Addresses of the pages that show several apps, and of the two for machines."""

from django.urls import path

from yuhu.dashboard import audit, block, health, views

urlpatterns = [
    path("", views.home, name="home"),
    path("my-block/", block.my_block, name="my_block"),
    path("roster/", views.roster, name="roster"),
    path("journal/", audit.journal, name="journal"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
