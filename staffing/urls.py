"""Addresses of the account, of a leave, of posters, and the admin's own that lead here instead: one door, journaled."""

from django.urls import path
from django.views.generic import RedirectView

from staffing import views

urlpatterns = [
    path("login/", views.LogIn.as_view(), name="login"),
    path("logout/", views.LogOut.as_view(), name="logout"),
    path("logged-out/", views.logged_out, name="logged_out"),
    path("password/", views.ChangePassword.as_view(), name="password_change"),
    path("password/done/", views.password_changed, name="password_change_done"),
    path("second-factor/", views.second_factor, name="second_factor"),
    path("leave/<int:pk>/", views.leave, name="leave"),
    path("posters/blocks/<slug:code>.pdf", views.block_poster, name="block_poster"),
    path("posters/streets/<slug:code>.pdf", views.street_posters, name="street_posters"),
    path("admin/login/", views.to_log_in),
    path("admin/logout/", views.LogOut.as_view()),
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change")),
]
