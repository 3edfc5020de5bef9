"""``manage.py render_states``: writes the table of the loop into docs/architecture.md; ``--check`` only compares.

Leaves to others: what is written (``cases.diagram``).
"""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cases import diagram

PAGE = Path("docs", "architecture.md")


class Command(BaseCommand):
    """Needs compiled translations (``compile_translations``), since the page names states in Chinese."""

    help = "Writes states, diagram and moves of the loop into docs/architecture.md, from cases/states.py."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """``--check`` for tests and CI; another page for drills."""
        parser.add_argument(
            "--check", action="store_true", help="change nothing, fail if the page is out of date"
        )
        parser.add_argument(
            "--page", type=Path, default=settings.BASE_DIR / PAGE, help="default: docs/architecture.md"
        )

    def handle(self, *args: Any, check: bool, page: Path, **options: Any) -> None:
        """Write the page, or fail when it says something else than the table."""
        try:
            old = page.read_text(encoding="utf-8")
            new = diagram.placed(old)
        except (OSError, diagram.MarksMissing) as problem:
            raise CommandError(f"{page}: {problem}") from problem
        if new == old:
            self.stdout.write(f"{page.name} says what the table says.")
        elif check:
            raise CommandError(
                f"{page} is out of date: run manage.py compile_translations, then manage.py render_states"
            )
        else:
            page.write_text(new, encoding="utf-8")
            self.stdout.write(f"{page.name} written.")
