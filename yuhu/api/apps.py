"""Registers the app, and the sweep that forgets old idempotency keys."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """What all API resources share: paging, errors, filters, idempotency, schema."""

    name = "yuhu.api"
    verbose_name = _("API")

    def ready(self) -> None:
        from yuhu.api import actions, schema  # noqa: F401 - the schema makes our log-in known by being imported
        from yuhu.kit import steps

        steps.register_sweep("api.forget_keys", actions.forget_old)
