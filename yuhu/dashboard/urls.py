"""Addresses of the pages that show several apps, and of the two for machines."""

from django.urls import include, path

from yuhu.dashboard import audit, health, views

urlpatterns = [
    path("", views.home, name="home"),
    path("board/", include("yuhu.dashboard.board.urls")),
    path("roster/", views.roster, name="roster"),
    path("journal/", audit.journal, name="journal"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
