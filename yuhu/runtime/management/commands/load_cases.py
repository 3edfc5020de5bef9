"""Adds realistic synthetic cases in bulk, with their whole journal: for measurements and trials, never for real."""

import argparse
import datetime as dt
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from cases.actions.history import Surroundings, write_history
from yuhu.delivery.actions import skip_to_end
from yuhu.kit import clock
from yuhu.runtime.demo.lives import HISTORY, Planner, Programme


class Command(BaseCommand):
    """``manage.py load_cases --count N``"""

    help = (
        "Add N synthetic closed cases with orders, clocks, ratings and journal, spread over the last months."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--count", type=int, required=True, help="how many cases")
        parser.add_argument("--days", type=int, default=360, help="spread over so many days before today")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        count, today = options["count"], clock.today()
        if count < 1:
            raise CommandError("--count must be at least 1.")
        around = Surroundings.on(today)
        if not around.blocks:
            raise CommandError("There are no blocks yet: load the district first (manage.py load_demo).")
        first = today - dt.timedelta(days=options["days"] + 60)
        planner = Planner(around, seed=options["seed"], first=first, last=today - dt.timedelta(days=60))
        started = time.monotonic()
        with tqdm(total=count, unit=" cases", disable=True if options["verbosity"] == 0 else None) as bar:
            for programme in _share(count):
                for done in write_history(planner.plans(programme), surroundings=around):
                    bar.update(done)
        skip_to_end()
        seconds = time.monotonic() - started
        self.stdout.write(f"{count:,} cases in {seconds:.1f} s: {count / seconds:,.0f} a second")


def _share(count: int) -> list[Programme]:
    """The programmes of the history in the same proportions, ``count`` cases in all."""
    total, left, result = sum(one.count for one in HISTORY), count, []
    for one in HISTORY:
        part = min(left, round(one.count * count / total)) if one is not HISTORY[-1] else left
        left -= part
        scale = part / one.count
        rated = int(one.rated * scale)
        satisfied = min(rated, int(one.satisfied * scale))
        result.append(
            Programme(
                one.programme,
                part,
                one.weights,
                one.channels,
                one.with_person,
                rated=rated,
                satisfied=satisfied,
            )
        )
    return [one for one in result if one.count]
