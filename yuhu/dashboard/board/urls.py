"""Addresses of the board, below ``/board/``: the area and the page; the query says the period."""

from django.urls import path

from yuhu.dashboard.board import area, views, wall

urlpatterns = [
    path("", views.begin, name="board"),
    path("<slug:area>/", views.tab, {"tab": area.NOW}, name="board-now"),
    path("<slug:area>/trends/", views.tab, {"tab": area.TRENDS}, name="board-trends"),
    path("<slug:area>/kinds/", views.tab, {"tab": area.KINDS}, name="board-kinds"),
    path("<slug:area>/work/", views.tab, {"tab": area.WORK}, name="board-work"),
    path("<slug:area>/people/", views.tab, {"tab": area.PEOPLE}, name="board-people"),
    path("<slug:area>/map/", views.tab, {"tab": area.MAP}, name="board-map"),
    path("<slug:area>/map/points/", views.points, name="board-points"),
    path("<slug:area>/indicators/", views.tab, {"tab": area.EVERY}, name="board-indicators"),
    path("<slug:area>/wall/", wall.wall, name="board-wall"),
    path("<slug:area>/wall/keep/", wall.keep, name="board-wall-keep"),
    path("<slug:area>/indicators/<slug:key>/", views.indicator, name="board-indicator"),
    path("<slug:area>/export/<slug:tab>/<slug:table>.xlsx", views.export, name="board-export"),
]
