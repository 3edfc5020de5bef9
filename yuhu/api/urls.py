"""Addresses of the API. The apps' resources stand below ``/api/v1/``; every POST is made safe to repeat here."""

from django.urls import include, path, re_path

from blocks.api import urls as blocks
from cases.api import urls as cases
from duties.api import urls as duties
from services.api import urls as services
from staffing.api import urls as staffing
from yuhu.api import views
from yuhu.api.idempotency import mounted

app_name = "api"

resources = [
    *mounted(blocks.urlpatterns),
    *mounted(staffing.urlpatterns),
    *mounted(duties.urlpatterns),
    *mounted(cases.urlpatterns),
    *mounted(services.urlpatterns),
    re_path(r"", views.Nowhere.as_view(), name="nowhere"),
]
urlpatterns = [
    path("schema/", views.Description.as_view(), name="schema"),
    path("docs/", views.Documentation.as_view(url_name="api:schema"), name="docs"),
    path("v1/", include(resources)),
]
