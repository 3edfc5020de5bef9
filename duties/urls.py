"""Addresses of the duties outside the desk."""

from django.urls import path

from duties import views

app_name = "duties"
urlpatterns = [path("certificates/", views.certificates, name="certificates")]
