"""Loads district, streets and communities; can be run again at any time."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from blocks.actions import DATA, load_areas
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal


class Command(BaseCommand):
    """Make or correct the areas that a directory describes; rows that are right already stay untouched."""

    help = "Load district, streets and communities from a directory (default: the demo district)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", nargs="?", type=Path, default=DATA)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_areas(actor=SYSTEM, at=clock.now(), directory=options["directory"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        for finding in (*report.warnings, *report.errors):
            self.stderr.write(
                _("Row %(row)d: %(message)s") % {"row": finding.row, "message": finding.message}
            )
        if not report.ok:
            raise CommandError(_("Nothing was kept: %(count)d errors.") % {"count": len(report.errors)})
        message = _("%(created)d areas made, %(changed)d corrected, %(unchanged)d left as they were.")
        counts = {"created": report.created, "changed": report.changed, "unchanged": report.unchanged}
        self.stdout.write(message % counts)
