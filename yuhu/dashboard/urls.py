"""Addresses of the pages that show several apps, of the two for machines, and of what makes the pages an app."""

from django.urls import include, path

from yuhu.dashboard import audit, block, health, phone, views

urlpatterns = [
    path("", views.home, name="home"),
    path("my-block/", block.my_block, name="my_block"),
    path("board/", include("yuhu.dashboard.board.urls")),
    path("roster/", views.roster, name="roster"),
    path("journal/", audit.journal, name="journal"),
    path("manifest.webmanifest", phone.manifest, name="manifest"),
    path("sw.js", phone.worker, name="worker"),
    path("offline/", phone.offline, name="offline"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
