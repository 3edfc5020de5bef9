"""``manage.py rotate_keys``: bring what older keys wrote under the present ones, and say which keys may go.

Runs beside everything else, may be killed and begun again, and run twice. Leaves to others: sealing (kit.resealing,
the apps' actions), the journal's change of keys (journal.actions).
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from tqdm import tqdm

from cases.actions import meetings, reseal_reporters
from cases.actions.mediation import reseal_mediation_parties, reseal_mediation_records
from cases.models import MediationParty, MediationRecord, Reporter
from staffing.actions import reseal_second_factors
from staffing.models import SecondFactor
from yuhu.journal.actions import change_key, seal_waiting_again
from yuhu.journal.exceptions import OtherKey
from yuhu.kit import clock, people, resealing

BATCH = 500


@dataclass(frozen=True)
class Sealed:
    """A table with sealed columns, and the action that writes its next rows anew."""

    name: str
    rows: "QuerySet[Any]"
    columns: tuple[str, ...]
    again: Callable[..., resealing.Batch | None]


@dataclass
class Outcome:
    """What a run did and could not do."""

    done: int = 0
    unreadable: list[str] = field(default_factory=list)


def tables() -> list[Sealed]:
    """Everything that PERSON_KEYS seals."""
    reporter = ("name_sealed", "phone_sealed")
    return [
        Sealed("reporters", Reporter.objects.all(), reporter, reseal_reporters),
        Sealed("parties of mediations", MediationParty.objects.all(), reporter, reseal_mediation_parties),
        Sealed(
            "records of mediations", MediationRecord.objects.all(), ("text_sealed",), reseal_mediation_records
        ),
        Sealed("residents", meetings.sealed_rows(), ("name_sealed",), meetings.reseal_residents),
        Sealed("second factors", SecondFactor.objects.all(), ("secret_sealed",), reseal_second_factors),
    ]


class Command(BaseCommand):
    """Rows first, then the journal."""

    help = "Bring rows and the journal under the present keys; say when older keys may be removed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only count, and say what cannot be read.")
        parser.add_argument("--batch", type=int, default=BATCH, help="Rows of one transaction.")
        parser.add_argument(
            "--reseal-waiting",
            action="store_true",
            help="Also accept journal entries that still wait under an older key: look first at what they are.",
        )

    def handle(
        self, *, dry_run: bool, batch: int, reseal_waiting: bool, verbosity: int, **options: Any
    ) -> None:
        """Print what was done; raise when a row is left that no key opens."""
        if batch < 1:
            raise CommandError(_("A batch holds at least one row."))
        quiet = verbosity == 0 or not sys.stderr.isatty()
        outcome = Outcome()
        for table in tables():
            total = resealing.waiting(table.rows).count()
            self.stdout.write(
                _("%(rows)d rows of “%(table)s” under older keys.") % {"rows": total, "table": table.name}
            )
            with tqdm(total=total, unit="", disable=quiet) as bar:
                (_look if dry_run else _turn)(table, batch, outcome, bar)
        if not dry_run:
            self._journal(reseal_waiting=reseal_waiting)
        self._conclude(outcome, dry_run=dry_run)

    def _journal(self, *, reseal_waiting: bool) -> None:
        try:
            changed = change_key(at=clock.now())
        except OtherKey as error:
            message = _("The key that made the journal's feed is not known: name it in JOURNAL_OLD_KEYS.")
            raise CommandError(message) from error
        if changed:
            self.stdout.write(
                _("The journal's feed goes on under the present key; keep the old one in JOURNAL_OLD_KEYS.")
            )
        if reseal_waiting:
            count = seal_waiting_again()
            self.stdout.write(_("%(count)d waiting journal entries were sealed anew.") % {"count": count})

    def _conclude(self, outcome: Outcome, *, dry_run: bool) -> None:
        for row in outcome.unreadable[:20]:
            self.stdout.write(_("No key opens: %(row)s.") % {"row": row})
        if outcome.unreadable:
            count = len(outcome.unreadable)
            raise CommandError(
                _("%(count)d rows cannot be read. Put the missing key back.") % {"count": count}
            )
        if dry_run:
            self.stdout.write(_("Nothing was changed; every row can be read."))
            return
        self.stdout.write(_("%(count)d rows were written anew.") % {"count": outcome.done})
        if any(resealing.waiting(table.rows).exists() for table in tables()):
            self.stdout.write(
                _("Rows were added under older keys meanwhile: restart what still has them, run this again.")
            )
        elif len(settings.PERSON_KEYS) > 1 or settings.PERSON_INDEX_OLD_KEYS:
            self.stdout.write(
                self.style.SUCCESS(
                    _(
                        "No row needs an older key: once every process has the present ones, PERSON_KEYS may be cut to "
                        "its first and PERSON_INDEX_OLD_KEYS emptied. Keep the old ones as long as backups need them."
                    )
                )
            )


def _turn(table: Sealed, limit: int, outcome: Outcome, bar: Any) -> None:
    after = 0
    while (batch := table.again(after=after, limit=limit)) is not None:
        after = batch.last
        outcome.done += batch.done
        outcome.unreadable += [f"{table.name} {key}" for key in batch.unreadable]
        bar.update(batch.done + len(batch.unreadable))


def _look(table: Sealed, limit: int, outcome: Outcome, bar: Any) -> None:
    rows = resealing.waiting(table.rows).order_by("pk").values_list("pk", *table.columns)
    for key, *values in rows.iterator(chunk_size=limit):
        if not all(people.can_unseal(value) for value in values):
            outcome.unreadable.append(f"{table.name} {key}")
        bar.update(1)
