"""Adds realistic synthetic cases in bulk, with their whole journal: for measurements and trials, never for real."""

import argparse
import datetime as dt
import multiprocessing
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import django
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from tqdm import tqdm

from cases.actions.history import Surroundings, write_copies, write_history
from cases.actions.tallies.folding import begin_anew
from yuhu.delivery.actions import skip_to_end
from yuhu.kit import clock
from yuhu.runtime.demo.lives import HISTORY, Planner, Programme

# Cases that one process loads at a time, in their order of time.
JOB = 5_000
# Without a history each life is written so many times over.
TIMES = 25
FEW = 4 * JOB


@dataclass(frozen=True)
class Job:
    """So many cases, reported between two days."""

    count: int
    first: dt.date
    last: dt.date
    seed: int
    today: dt.date
    history: bool


class Command(BaseCommand):
    """``manage.py load_cases --count N``"""

    help = (
        "Add N synthetic closed cases with orders, clocks, ratings and journal, spread over the last months. "
        "With --no-history only cases, parties and clocks, for tables of many millions."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--count", type=int, required=True, help="how many cases")
        parser.add_argument("--days", type=int, default=360, help="spread over so many days before today")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--no-history", action="store_true", help="only cases, parties and clocks")
        parser.add_argument(
            "--processes",
            type=int,
            default=0,
            help="load with so many (default: PostgreSQL one per processor)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = options["count"]
        if count < 1 or options["days"] < 1:
            raise CommandError("--count and --days must be at least 1.")
        if not Surroundings.on(clock.today()).blocks:
            raise CommandError("There are no blocks yet: load the district first (manage.py load_demo).")
        jobs = _jobs(count, options["days"], options["seed"], history=not options["no_history"])
        processes = options["processes"] or _processes(count)
        started = time.monotonic()
        with tqdm(total=count, unit=" cases", disable=True if options["verbosity"] == 0 else None) as bar:
            for done in _run(jobs, processes):
                bar.update(done)
        skip_to_end()
        # The sweep makes them anew case by case; so does rebuild_tallies, at once.
        begin_anew(at=clock.now())
        seconds = time.monotonic() - started
        with connection.cursor() as cursor:
            # Both engines plan by what they were told of the tables; nobody else may tell them after such a load.
            cursor.execute("ANALYZE")
        self.stdout.write(f"{count:,} cases in {seconds:.1f} s: {count / seconds:,.0f} a second")


def _processes(count: int) -> int:
    """SQLite has one writer, and other processes would not see what this one has not yet committed."""
    if connection.vendor != "postgresql" or connection.in_atomic_block or count < FEW:
        return 1
    return os.cpu_count() or 1


def _jobs(count: int, days: int, seed: int, *, history: bool) -> list[Job]:
    """Parts of the load, each with its own days, so that rows lie in the tables as they would after these months."""
    today = clock.today()
    first = today - dt.timedelta(days=days + 60)
    parts = -(-count // JOB)
    jobs = []
    for part in range(parts):
        begin, end = days * part // parts, max(days * (part + 1) // parts - 1, days * part // parts)
        jobs.append(
            Job(
                count=count * (part + 1) // parts - count * part // parts,
                first=first + dt.timedelta(days=begin),
                last=first + dt.timedelta(days=end),
                seed=seed * 1_000_003 + part,
                today=today,
                history=history,
            )
        )
    return jobs


def _run(jobs: list[Job], processes: int) -> Iterator[int]:
    if processes == 1:
        for job in jobs:
            yield from _load(job)
        return
    # A fresh interpreter each: a forked one would share this one's connection.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=django.setup) as pool:
        yield from pool.map(load, jobs)


_around: dict[dt.date, Surroundings] = {}


def load(job: Job) -> int:
    """In a process of the pool: the whole job."""
    return sum(_load(job))


def _load(job: Job) -> Iterator[int]:
    if job.today not in _around:
        _around.clear()
        _around[job.today] = Surroundings.on(job.today)
    around = _around[job.today]
    planner = Planner(around, seed=job.seed, first=job.first, last=job.last)
    if job.history:
        for programme in _share(job.count):
            yield from write_history(planner.plans(programme), surroundings=around)
        return
    times = max(1, min(TIMES, job.count // 100))
    for count, repeated in ((job.count // times, times), (job.count % times, 1)):
        for programme in _share(count):
            yield from write_copies(planner.plans(programme), surroundings=around, times=repeated)


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
