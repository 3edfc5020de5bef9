"""Registers the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffingConfig(AppConfig):
    """Who: people, units, posts with dates, the roster 1+N+1."""

    name = "staffing"
    verbose_name = _("People and posts")
