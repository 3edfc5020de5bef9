"""``manage.py load_reference``: units, categories and services from the apps' reference files. Safe to repeat.

After ``load_areas`` and before the first person. What exists is left alone, categories excepted, whose names and rules
follow their file. Leaves to others: areas and blocks (``load_areas``, ``import_blocks``), lists and calendar
(``load_duties``).
"""

import argparse
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from blocks.models import District
from cases.actions.reference import load_categories
from services.actions import load_catalogue
from staffing.actions import load_units
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock


class Command(BaseCommand):
    """All of it or nothing."""

    help = "Load units, categories and services from the reference files where they are missing."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--starts-on", type=dt.date.fromisoformat, help="first day of units and services (default: today)"
        )

    def handle(self, *args: Any, starts_on: dt.date | None, **options: Any) -> None:
        at = clock.now()
        day = starts_on or clock.local_date(at)
        district = District.objects.first()
        if district is None:
            raise CommandError("There is no district yet: run load_areas DIRECTORY first.")
        with transaction.atomic():
            # Units before categories, which name their departments and offices.
            units = load_units(district=district, starts_on=day, at=at, actor=SYSTEM)
            categories = load_categories()
            services = load_catalogue(at=at, actor=SYSTEM, effective_from=day)
        self.stdout.write(
            f"{units} units made, {categories} categories stand, {len(services)} services made."
        )
