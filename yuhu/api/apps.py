"""Registers the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """What all API resources share: paging, errors, filters, idempotency, schema."""

    name = "yuhu.api"
    verbose_name = _("API")
