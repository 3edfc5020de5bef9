"""Addresses of the inbox and of the demo's outbox; mounted at the root."""

from django.urls import path

from yuhu.delivery import views

app_name = "delivery"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read_all, name="read_all"),
    path("inbox/<int:pk>/read/", views.read_one, name="read_one"),
    path("outbox/", views.outbox, name="outbox"),
]
