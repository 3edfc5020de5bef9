"""Registers the app: its automatic steps, and that open cases follow the roster."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """What went wrong and what was done about it: the loop."""

    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        from cases import tasks
        from cases.actions.roster import follow
        from staffing.actions import on_roster_change

        tasks.register()
        on_roster_change(follow)
