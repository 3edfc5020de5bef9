"""Registers the app: its automatic steps, and that open cases follow the roster."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """What went wrong and what was done about it: the loop."""

    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        from cases import checks, tasks  # noqa: F401  (checks register themselves)
        from cases.actions.roster import follow
        from cases.models import Category
        from staffing.actions import check_categories_by, on_roster_change
        from yuhu.kit.search import index

        post_migrate.connect(index.make_after_migrate, sender=self, dispatch_uid="cases.search")
        tasks.register()
        on_roster_change(follow)
        check_categories_by(Category.objects.missing)
