"""Every address of the system: each app brings its own, this file says under which prefix they stand."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from yuhu.api import tokens
from yuhu.runtime.metrics.views import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    # First, since it is asked most: every other address is tried in vain before it.
    path("api/", include("yuhu.api.urls")),
    path("", include("yuhu.dashboard.urls")),
    path("metrics", metrics, name="metrics"),
    # Before the admin: its log-in, log-out and password pages lead to these.
    path("", include("staffing.urls")),
    path("", include("cases.urls")),
    path("", include("duties.urls")),
    path("", include("yuhu.delivery.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("services/", include("services.urls")),
    path("oauth/token/", tokens.Token.as_view(), name="oauth_token"),
    path("oauth/revoke/", tokens.Revoke.as_view(), name="oauth_revoke"),
    path("admin/", admin.site.urls),
]

# Templates 400.html, 403.html, 404.html, 500.html and 503.html say what to do next; the API answers in JSON.
handler400 = "yuhu.api.handlers.bad_request"
handler403 = "django.views.defaults.permission_denied"
handler404 = "yuhu.api.handlers.not_found"
handler500 = "yuhu.api.handlers.server_error"
