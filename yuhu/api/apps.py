"""Registers the app, the sweeps that forget old idempotency keys and ended tokens, and how failures are logged."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """What all API resources share: paging, errors, filters, idempotency, schema."""

    name = "yuhu.api"
    verbose_name = _("API")

    def ready(self) -> None:
        from django_structlog.signals import bind_extra_request_failed_metadata

        from cases.actions import on_erased
        from staffing.actions import forget_tokens
        from yuhu.api import actions, handlers, schema  # noqa: F401 - the schema makes our log-in known
        from yuhu.kit import steps

        bind_extra_request_failed_metadata.connect(handlers.log_as_answered)
        on_erased(actions.forget_case)
        steps.register_sweep("api.forget_keys", actions.forget_old)
        steps.register_sweep("api.forget_tokens", forget_tokens)
