"""``manage.py restore ARCHIVE``: proves the archive, brings back files and database, and proves the result.

Into an empty database only, unless ``--replace`` says otherwise and the person types the database's name. Stop all
processes first. Leaves to others: the work (yuhu.runtime.backup).
"""

import argparse
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from yuhu.runtime.backup import BackupError, archive, engines, restoring
from yuhu.runtime.management.commands.backup import describe, progress

DIFFERENT = 3


class Command(BaseCommand):
    """Exit codes: 0 restored and proved, 1 refused or failed (nothing changed, or repeat it), 3 restored, but not all
    is as the archive says."""

    help = "Restore an archive of `backup` into an empty database and the storage, and prove the result."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("archive", type=Path)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--into-empty", action="store_true", help="only into an empty database (default)")
        what.add_argument(
            "--replace",
            action="store_true",
            help="what is in the database and differs in the storage is lost",
        )
        parser.add_argument("--no-input", action="store_true", help="do not ask for the database's name")
        parser.add_argument(
            "--other-keys", action="store_true", help="although keys here are not those of the archive"
        )

    def handle(
        self, *args: Any, replace: bool, no_input: bool, other_keys: bool, verbosity: int, **options: Any
    ) -> None:
        self.quiet = verbosity == 0
        path: Path = options["archive"]
        try:
            with path.open("rb") as source:
                manifest = self._prove(source)
                restoring.refuse_unfit(manifest, other_keys=other_keys)
                target = self._target(replace=replace)
                if replace and not target.is_empty() and not no_input:
                    self._confirm()
                self._restore(target, source, replace=replace)
            outcome = restoring.compare(manifest)
        except (BackupError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        self._report(manifest, outcome)

    def _prove(self, source: BinaryIO) -> archive.Facts:
        with progress("verifying", quiet=self.quiet) as bar:
            manifest = archive.verify(source, settings.BACKUP_KEY, tell=bar.update)
        self._say(*describe(manifest), "Every checksum is right.")
        return manifest

    def _target(self, *, replace: bool) -> engines.Target:
        target = engines.target()
        if others := target.connections():
            raise BackupError(
                f"{others} other connections use the database: stop web, worker, beat and sweep first."
            )
        if not target.is_empty() and not replace:
            raise BackupError(
                "The database is not empty: nothing was changed. Make an empty one and name it in DATABASE_URL, or "
                "say --replace to lose what is in it."
            )
        return target

    def _confirm(self) -> None:
        name = Path(str(connection.settings_dict["NAME"])).name
        self.stdout.write(self.style.WARNING(f"Everything in the database {name} will be replaced."))
        if input(f"Type {name} to go on: ").strip() != name:
            raise BackupError("Not confirmed: nothing was changed.")

    def _restore(self, target: engines.Target, source: BinaryIO, *, replace: bool) -> None:
        key, heads = settings.BACKUP_KEY, Path(settings.JOURNAL_HEAD_FILE)
        with progress("files", quiet=self.quiet) as bar:
            restoring.restore_files(source, key, head_file=heads, replace=replace, tell=bar.update)
        with progress("database", quiet=self.quiet) as bar:
            restoring.restore_database(target, source, key, replace=replace, tell=bar.update)

    def _report(self, manifest: archive.Facts, outcome: restoring.Outcome) -> None:
        for difference in outcome.differences:
            self.stderr.write(f"differs: {difference}")
        if outcome.differences:
            raise CommandError("Restored, but not all is as the archive says (above).", returncode=DIFFERENT)
        self._say(
            f"Restored: {sum(manifest['tables'].values()):,} rows and {outcome.files:,} files, as the archive says."
        )
        if outcome.behind:
            self._say(
                f"The archive is of release {manifest['release']}: run migrate ({len(outcome.behind)} migrations), "
                "then verify_journal."
            )
            raise CommandError("Restored; migrations are missing.", returncode=DIFFERENT)
        call_command("migrate", check_unapplied=True, verbosity=0, stdout=self.stdout)
        try:
            call_command("verify_journal", stdout=self.stdout, verbosity=0 if self.quiet else 1)
        except CommandError as finding:
            raise CommandError(f"Restored, but the journal: {finding}", returncode=DIFFERENT) from finding

    def _say(self, *lines: str) -> None:
        if not self.quiet:
            for line in lines:
                self.stdout.write(line)
