"""Imports a division into blocks from a GeoJSON file; prints what stands against it row by row."""

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from blocks.actions import import_division
from blocks.geometry.features import Collection, RowError, read_collection
from blocks.models import District, Source
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal


def day(value: str) -> dt.date:
    """A day as YYYY-MM-DD."""
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise ArgumentTypeError(_("“%(value)s” is no day; write YYYY-MM-DD.") % {"value": value}) from error


class Command(BaseCommand):
    """Import a new division into blocks: all or nothing. With --dry-run the same, and nothing is kept."""

    help = "Import a division of the district into blocks from a GeoJSON file; all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--effective-from", type=day, required=True, help="local day, YYYY-MM-DD")
        parser.add_argument("--district", default="", help="code; may be left out if there is only one")
        parser.add_argument("--source", choices=Source.values, default="", help="default: what the file says")
        parser.add_argument("--note", default="")
        parser.add_argument("--dry-run", action="store_true", help="check everything, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run = options["dry_run"]
        try:
            collection = self._read(options["file"])
            report = import_division(
                district_code=options["district"] or self._only_district(),
                features=collection.features,
                effective_from=options["effective_from"],
                source=options["source"] or _known(collection.source),
                note=options["note"],
                actor=SYSTEM,
                at=clock.now(),
                dry_run=dry_run,
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self._tell(_("Look at"), report.warnings)
        self._tell(_("Error"), report.errors)
        if not report.ok:
            message = _("Nothing was kept: %(count)d errors in %(rows)d rows.")
            raise CommandError(message % {"count": len(report.errors), "rows": report.rows})
        message = _("%(rows)d blocks imported.")
        if dry_run:
            message = _("%(rows)d blocks could be imported; nothing was kept.")
        self.stdout.write(message % {"rows": report.rows})

    def _tell(self, label: str, findings: tuple[RowError, ...]) -> None:
        for finding in findings:
            values = {"label": label, "row": finding.row, "message": finding.message, "code": finding.code}
            self.stderr.write(_("%(label)s, row %(row)d: %(message)s [%(code)s]") % values)

    def _read(self, path: Path) -> Collection:
        try:
            return read_collection(path.read_bytes())
        except OSError as error:
            message = _("%(file)s cannot be read: %(reason)s")
            raise CommandError(message % {"file": path, "reason": error.strerror}) from error

    def _only_district(self) -> str:
        codes = list(District.objects.values_list("code", flat=True)[:2])
        if len(codes) != 1:
            raise CommandError(_("Say which district is meant: --district CODE."))
        return codes[0]


def _known(source: str) -> str:
    return source if source in Source.values else Source.DISTRICT.value
