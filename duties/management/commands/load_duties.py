"""Loads calendar, time limits, certificates and the demo's duty lists where they are missing, and warns of what is
still missing.
"""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from duties import actions
from duties.figures import calendar_warnings
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock


class Command(BaseCommand):
    """``manage.py load_duties``: safe to repeat."""

    help = "Load calendar, time limits and demo duty lists where they are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, say what was new, warn."""
        at = clock.now()
        done = {
            _("calendar"): actions.load_calendar(at=at, actor=SYSTEM),
            _("time limits"): actions.load_step_limits(at=at, actor=SYSTEM),
            _("duty lists"): bool(actions.load_lists(at=at, actor=SYSTEM)),
            _("certificates"): bool(actions.load_certificates(at=at, actor=SYSTEM)),
        }
        for name, was_new in done.items():
            outcome = _("loaded") if was_new else _("already there")
            self.stdout.write(f"{name}: {outcome}")
        for text in calendar_warnings(clock.local_date(at)):
            self.stderr.write(self.style.WARNING(text))
