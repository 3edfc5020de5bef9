"""Registers the app: its automatic steps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    """What leaves the house: notices to people, one ledger, one retry policy."""

    name = "yuhu.delivery"
    verbose_name = _("Delivery")

    def ready(self) -> None:
        """Models are loaded now, so modules that need them may be imported."""
        from yuhu.delivery import tasks

        tasks.register()
