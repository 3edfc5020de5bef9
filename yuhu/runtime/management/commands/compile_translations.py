"""``manage.py compile_translations``: builds the message catalogues; ``make`` calls it when a source is newer."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from yuhu.runtime import translations


class Command(BaseCommand):
    """Needs no gettext on the machine."""

    help = "Compiles locale/*/LC_MESSAGES/*.po where the .mo is older or missing."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """``--all`` compiles what is not stale too."""
        parser.add_argument("--all", action="store_true", dest="every")

    def handle(self, *args: Any, every: bool, verbosity: int, **options: Any) -> None:
        """Compile and name what was compiled."""
        for source in translations.compile_stale(map(Path, settings.LOCALE_PATHS), every=every):
            if verbosity:
                self.stdout.write(f"compiled {source.relative_to(settings.BASE_DIR)}")
