"""Registers the app: its triggers after every migration, its steps and its sweeps."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from yuhu.kit import steps


class JournalConfig(AppConfig):
    """The append-only record of what happened, and the feed that everything outward reads."""

    name = "yuhu.journal"
    verbose_name = _("Journal")

    def ready(self) -> None:
        """Models are loaded now, so modules that need them may be imported."""
        from yuhu.journal import checks, tasks, triggers  # noqa: F401  (checks register themselves)

        post_migrate.connect(triggers.make_after_migrate, sender=self, dispatch_uid="journal.triggers")
        steps.register("journal.relay", tasks.relay_step)
        steps.register_sweep("journal.relay", tasks.relay_sweep)
        # The file lies on a mount of another machine, which may hang.
        steps.register_sweep("journal.head", tasks.head_sweep, external=True)
