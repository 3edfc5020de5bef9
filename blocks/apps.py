"""Registers the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BlocksConfig(AppConfig):
    """Where: district, streets, communities, blocks."""

    name = "blocks"
    verbose_name = _("Areas and blocks")
