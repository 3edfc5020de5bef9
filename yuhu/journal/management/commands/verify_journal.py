"""``manage.py verify_journal``: is the journal as it was written? Exit code 1 when it is not.

Leaves to others: the checking itself (``journal.verification``).
"""

import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from yuhu.journal import verification


class Command(BaseCommand):
    """Walks all entries and the feed; names what was changed, removed or inserted."""

    help = (
        "Verify the journal's chains, its feed and the head file; name what was changed, removed or inserted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head-file",
            type=Path,
            default=settings.JOURNAL_HEAD_FILE,
            help="File of daily heads to compare with.",
        )

    def handle(self, *, head_file: Path, verbosity: int, **options: Any) -> None:
        """Print a summary; raise when something was found."""
        started = time.monotonic()
        quiet = verbosity == 0 or not sys.stderr.isatty()
        with tqdm(total=None if quiet else verification.rows_to_check(), unit="", disable=quiet) as bar:
            report = verification.verify(head_file=head_file, progress=bar.update)
        seconds = max(time.monotonic() - started, 1e-6)
        if verbosity > 0:
            self._summarise(report, seconds, head_file)
        if report.count:
            raise CommandError(
                _("%(count)d findings; the first: %(first)s")
                % {"count": report.count, "first": report.findings[0].message},
                returncode=1,
            )

    def _summarise(self, report: verification.Report, seconds: float, head_file: Path) -> None:
        counts = _("%(entries)d entries, %(fed)d in the feed, %(waiting)d waiting, %(heads)d heads")
        numbers = {
            "entries": report.entries,
            "fed": report.fed,
            "waiting": report.waiting,
            "heads": report.heads,
        }
        speed = _("%(seconds).1f s, %(rate)d entries/s")
        rate = {"seconds": seconds, "rate": report.entries / seconds}
        self.stdout.write(f"{counts % numbers}; {speed % rate}")
        if not report.heads:
            self.stdout.write(
                _("No head stands in %(path)s yet: only the database was checked.") % {"path": head_file}
            )
        for finding in report.findings:
            self.stdout.write(f"{finding.code}: {finding.message}")
        if not report.count:
            self.stdout.write(self.style.SUCCESS(_("The journal is as it was written.")))
