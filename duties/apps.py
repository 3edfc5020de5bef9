"""Registers the app and its system checks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutiesConfig(AppConfig):
    """What is owed: duty lists, the working calendar, time limits of steps."""

    name = "duties"
    verbose_name = _("Duties")

    def ready(self) -> None:
        """Make the checks known."""
        from duties import checks  # noqa: F401
