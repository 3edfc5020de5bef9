"""Registers the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    """Pages that show several apps; no model and no query of its own."""

    name = "yuhu.dashboard"
    verbose_name = _("Pages")
