"""Addresses of the loop, below ``/api/v1/`` (yuhu.api.urls mounts them)."""

from django.urls import path, re_path

from cases.api import attachments, events, feed, figures, moves, views

CASE = r"^cases/(?P<number>[0-9-]{1,32})/"

urlpatterns = [
    path("categories/", views.CategoryList.as_view(), name="categories"),
    path("events/", feed.Feed.as_view(), name="feed"),
    path("figures/", figures.FigureList.as_view(), name="figures"),
    path("cases/", views.CaseList.as_view(), name="cases"),
    re_path(rf"{CASE}$", views.CaseDetail.as_view(), name="case"),
    re_path(rf"{CASE}events/$", events.EventList.as_view(), name="case-events"),
    re_path(rf"{CASE}attachments/$", attachments.AttachmentList.as_view(), name="attachments"),
    re_path(
        rf"{CASE}attachments/(?P<pk>[0-9]{{1,18}})/file/$",
        attachments.AttachmentFile.as_view(),
        name="attachment-file",
    ),
    *(
        re_path(rf"{CASE}moves/{name}/$", door.as_view(), name=f"move-{name}")
        for name, door in moves.DOORS.items()
    ),
]
