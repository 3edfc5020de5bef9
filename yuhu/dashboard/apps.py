"""Registers the app, and the desk as the project's admin."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    """Pages that show several apps; no model and no query of its own."""

    name = "yuhu.dashboard"
    verbose_name = _("Pages")


class DeskConfig(admin_apps.AdminConfig):
    """Django's admin with the desk's door (named in the settings; not the configuration of this app)."""

    default = False
    default_site = "yuhu.dashboard.site.Desk"
