"""Registers the app, its system checks and its automatic step."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutiesConfig(AppConfig):
    """What is owed: duty lists, certificates, streets' rights, the working calendar, time limits of steps."""

    name = "duties"
    verbose_name = _("Duties")

    def ready(self) -> None:
        """Make the checks and the step known."""
        from duties import checks, tasks  # noqa: F401  (checks register themselves)

        tasks.register()
