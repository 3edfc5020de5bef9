"""Addresses of the account, of a leave, of posters, and the admin's own that lead here instead: one door, journaled."""

from django.urls import path
from django.views.generic import RedirectView

from staffing.views import accounts, leave, posters

urlpatterns = [
    path("login/", accounts.LogIn.as_view(), name="login"),
    path("logout/", accounts.LogOut.as_view(), name="logout"),
    path("logged-out/", accounts.logged_out, name="logged_out"),
    path("password/", accounts.ChangePassword.as_view(), name="password_change"),
    path("password/done/", accounts.password_changed, name="password_change_done"),
    path("second-factor/", accounts.second_factor, name="second_factor"),
    path("leave/<int:pk>/", leave.leave, name="leave"),
    path("posters/blocks/<slug:code>/", posters.block_code, name="block_code"),
    path("posters/blocks/<slug:code>.pdf", posters.block_poster, name="block_poster"),
    path("posters/streets/<slug:code>/", posters.make_street_posters, name="make_street_posters"),
    path("posters/streets/<slug:code>.pdf", posters.street_posters, name="street_posters"),
    path("admin/login/", accounts.to_log_in),
    path("admin/logout/", accounts.LogOut.as_view()),
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change")),
]
