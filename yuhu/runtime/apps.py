"""Registers the app and its checks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RuntimeConfig(AppConfig):
    """The processes that run the system: server, sweeper, messages."""

    name = "yuhu.runtime"
    verbose_name = _("Processes")

    def ready(self) -> None:
        """Checks register themselves by being imported; from now on this process counts what it does."""
        from yuhu.runtime import checks  # noqa: F401
        from yuhu.runtime.metrics import counters

        counters.begin()
