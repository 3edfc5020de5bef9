"""Addresses of the duties outside the desk."""

from django.urls import path

from duties.views import certificates, off_list

app_name = "duties"
urlpatterns = [
    path("certificates/", certificates.certificates, name="certificates"),
    path("off-list/", off_list.reports, name="off_list"),
    path("off-list/new/", off_list.new, name="off_list_new"),
    path("off-list/<int:pk>/", off_list.report, name="off_list_report"),
]
