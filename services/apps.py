"""Registers the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    """What is offered: counters and the catalogue of service items."""

    name = "services"
    verbose_name = _("Services")
