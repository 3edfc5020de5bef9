"""``manage.py backup``: database and files in one sealed archive while the system runs; ``--list``, ``--verify``.

The key comes from ``BACKUP_KEY`` (or ``BACKUP_KEY_FILE``), never from the command line, where everybody on the machine
reads it. Keys are not inside the archive: keep ``.env`` elsewhere. Leaves to others: the work (yuhu.runtime.backup).
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from yuhu.kit import clock
from yuhu.runtime.backup import BackupError, archive, making

INCOMPLETE = 3


def progress(what: str, *, quiet: bool) -> Any:
    """A bar of bytes on a terminal, nothing elsewhere."""
    hidden = quiet or not sys.stderr.isatty()
    return tqdm(desc=what, unit="B", unit_scale=True, disable=hidden)


def describe(facts: archive.Facts) -> list[str]:
    """What an archive says about itself."""
    head = facts["feed_head"]["feed_no"] if facts["feed_head"] else 0
    rows, tables, steps = sum(facts["tables"].values()), len(facts["tables"]), len(facts["migrations"])
    lines = [
        f"made {facts['made_at']} on {facts['machine']}, release {facts['release']}, {facts['engine']}",
        f"{facts['cases']:,} cases, {facts['journal_entries']:,} journal entries, feed up to {head:,}",
        f"{rows:,} rows in {tables} tables, {steps} migrations",
    ]
    if "parts" in facts:
        lines.append(
            f"{facts['files']:,} files ({facts['missing_files']} that rows name were missing), "
            f"{facts['parts']['bytes']:,} bytes in {facts['parts']['count']:,} parts"
        )
    return lines


class Command(BaseCommand):
    """Exit codes: 0 done, 1 refused or failed, 3 done, but files that rows name were missing in the storage."""

    help = "Write database and files into one encrypted archive; or list or verify one."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, help="folder (BACKUP_DIR)")
        parser.add_argument("--keep", type=int, help="remove all but the N newest archives afterwards")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--list", type=Path, metavar="ARCHIVE", help="what it says that it holds")
        what.add_argument("--verify", type=Path, metavar="ARCHIVE", help="read all of it, compare checksums")

    def handle(self, *args: Any, to: Path, keep: int | None, verbosity: int, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep must be at least 1.", returncode=2)
        self.quiet = verbosity == 0
        try:
            if archive_file := options["list"] or options["verify"]:
                self._look(archive_file, everything=bool(options["verify"]))
            else:
                self._make(to, keep)
        except (BackupError, OSError) as problem:
            raise CommandError(str(problem)) from problem

    def _look(self, path: Path, *, everything: bool) -> None:
        with path.open("rb") as source:
            if not everything:
                self._say(*describe(archive.read_start(source, settings.BACKUP_KEY)))
                self._say("Not proved: --verify reads all of it.")
                return
            with progress("verifying", quiet=self.quiet) as bar:
                manifest = archive.verify(source, settings.BACKUP_KEY, tell=bar.update)
        self._say(*describe(manifest), "Every checksum is right.")

    def _make(self, folder: Path, keep: int | None) -> None:
        with progress("writing", quiet=self.quiet) as bar:
            made = making.make(
                folder=folder,
                passphrase=settings.BACKUP_KEY,
                head_file=Path(settings.JOURNAL_HEAD_FILE),
                at=clock.now(),
                tell=bar.update,
            )
        with made.path.open("rb") as source, progress("verifying", quiet=self.quiet) as bar:
            archive.verify(source, settings.BACKUP_KEY, tell=bar.update)
        self._say(str(made.path), *describe(made.manifest))
        self._say("Keys are not inside: keep .env and BACKUP_KEY elsewhere, apart from the archives.")
        if keep is not None:
            for gone in making.forget(folder, keep=keep):
                self._say(f"removed {gone}")
        if made.missing:
            shown = ", ".join(made.missing[:5])
            raise CommandError(
                f"The archive is whole, but the storage lacks {len(made.missing)} files that rows name: {shown}",
                returncode=INCOMPLETE,
            )

    def _say(self, *lines: str) -> None:
        if not self.quiet:
            for line in lines:
                self.stdout.write(line)
