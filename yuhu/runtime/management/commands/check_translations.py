"""``manage.py check_translations``: fails when a sentence of the user interface has no Chinese.

Part of ``make check``. Leaves to others: compiling (``compile_translations``) and translating.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from yuhu.runtime import translations


class Command(BaseCommand):
    """Compares the catalogue with the sources (needs xgettext) and looks into the catalogue."""

    help = "Checks that every message is translated, none is fuzzy, and the catalogue matches the sources."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """List every problem, then fail if there was one."""
        source = Path(settings.LOCALE_PATHS[0], translations.LANGUAGE, "LC_MESSAGES", "django.po")
        if not source.exists():
            raise CommandError(f"{source} is missing")
        found = translations.problems(source) + translations.differences(source, settings.BASE_DIR)
        for problem in found:
            self.stdout.write(problem)
        if found:
            raise CommandError(f"{len(found)} problems in the translations")
        self.stdout.write("Every message is translated.")
