"""Makes the tallies (日统计) anew from the cases, or tells where they differ: after an upgrade, or when figures are in
doubt. While it runs, figures are told from the cases themselves; killed, it goes on by itself with the next sweep."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from cases.actions.tallies import folding
from cases.models import Case
from yuhu.kit import clock


class Command(BaseCommand):
    """``manage.py rebuild_tallies [--check]``"""

    help = "Make the tallies of the figures anew from the cases. With --check only tell where they differ."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, tell what differs")

    def handle(self, *args: Any, **options: Any) -> None:
        silent = True if options["verbosity"] == 0 else None
        with tqdm(total=Case.objects.count(), unit=" cases", disable=silent) as bar:
            if options["check"]:
                wrong = folding.compare(on_chunk=bar.update)
            else:
                for done in folding.rebuild(at=clock.now()):
                    bar.update(done)
                wrong = []
        if wrong:
            for line in wrong[:20]:
                self.stdout.write(line)
            raise CommandError(
                f"{len(wrong):,} numbers differ. Run this command without --check; until it is done, figures are "
                "told from the cases."
            )
        if options["verbosity"]:
            self.stdout.write("The tallies are what the cases say.")
