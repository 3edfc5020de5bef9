"""``manage.py load_platforms FILE --starts-on DAY``: another version of the streets' platforms from a day on.

The file (CSV or Excel) has one row an office or posted team: ``office_code``, ``platform_code``, ``platform_zh``,
``platform_functions`` (codes with blanks between; every function stands with one platform). The four centres of 2023
lie in ``staffing/data/platforms_2023.csv``.
"""

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from blocks.models import Street
from staffing.actions import load_platforms
from staffing.sheets import PLATFORM_COLUMNS
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock
from yuhu.kit.excel.lines import RowsRefused
from yuhu.kit.excel.reading import read_table
from yuhu.kit.exceptions import Refusal


class Command(BaseCommand):
    """All named streets or none."""

    help = "Load another version of platforms for all streets (or those of --street) from a day on."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--starts-on", type=dt.date.fromisoformat, required=True, help="first day of it")
        parser.add_argument("--street", action="append", default=[], help="code of a street; may be repeated")

    def handle(self, *args: Any, file: Path, starts_on: dt.date, street: list[str], **options: Any) -> None:
        streets = Street.objects.filter(code__in=street) if street else Street.objects.all()
        if unknown := set(street) - {one.code for one in streets}:
            raise CommandError(f"There is no street {', '.join(sorted(unknown))}.")
        at = clock.now()
        try:
            with file.open("rb") as source, transaction.atomic():
                needed = ("office", "platform", "name")
                table = read_table(source, columns=PLATFORM_COLUMNS, needed=needed)
                for one in streets.order_by("code"):
                    load_platforms(street=one, rows=table.lines, starts_on=starts_on, at=at, actor=SYSTEM)
        except OSError as error:
            raise CommandError(str(error)) from error
        except RowsRefused as refusal:
            raise CommandError("\n".join([str(refusal), *map(str, refusal.errors)])) from refusal
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{len(streets)} streets have these platforms from {starts_on} on.")
