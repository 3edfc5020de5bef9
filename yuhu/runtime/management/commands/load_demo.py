"""Loads the demo district: real streets and communities, 326 blocks, the full roster, the history that the report
of 2022 tells, and about 200 open cases and the rotas around today. Deterministic but for the clock; safe to run again.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.test import override_settings
from tqdm import tqdm

from blocks.actions import import_division, load_areas
from blocks.actions.areas import DATA
from blocks.models import Block, District
from cases.actions.history import Surroundings, write_history
from cases.actions.reference import load_categories
from cases.actions.tallies.folding import rebuild
from cases.models import Case
from duties.actions import load_calendar, load_certificates, load_lists, load_step_limits
from services.actions import load_catalogue
from staffing.actions import load_units
from staffing.models import User
from yuhu.delivery.actions import fan_out, skip_to_end
from yuhu.journal.actions import SYSTEM, relay
from yuhu.kit import clock, steps
from yuhu.runtime.demo import lists as demo_lists
from yuhu.runtime.demo.admission import load_admission
from yuhu.runtime.demo.figures import load_calls, load_figures
from yuhu.runtime.demo.leave import load_leave
from yuhu.runtime.demo.lives import HISTORY, Planner
from yuhu.runtime.demo.mediation import load_mediation
from yuhu.runtime.demo.meetings import load_meetings
from yuhu.runtime.demo.people import load_clients, load_people
from yuhu.runtime.demo.registers import load_registers
from yuhu.runtime.demo.rota import load_rota
from yuhu.runtime.demo.today import COUNT, load_open_cases
from yuhu.runtime.demo.visits import load_visits
from yuhu.runtime.demo.whistles import load_whistles

START = dt.date(2022, 1, 1)
SEED = 20221111  # the day of the published report
# What stands around the cases of today, in the order in which one needs the other.
AROUND: tuple[Callable[..., object], ...] = (
    load_mediation,
    load_leave,
    demo_lists.load_lists,
    load_whistles,
    load_meetings,
    load_registers,
    load_admission,
    load_rota,
    load_figures,
    load_calls,
)


class Command(BaseCommand):
    """``manage.py load_demo``"""

    help = "Load the demo district into an empty database (idempotent; refuses a database with real data)."

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        self._refuse_real_data()
        if User.objects.filter(username="governor", source="demo").exists():
            self.stdout.write("The demo is loaded already; nothing to do.")
            return
        self.quiet = int(options["verbosity"]) == 0
        # Everything or nothing: a killed load leaves an empty database, and the next start loads again.
        with override_settings(STEP_TRANSPORT="yuhu.kit.steps.run_nowhere"), transaction.atomic():
            self._reference(now)
            counts = load_people(
                blocks=list(Block.objects.in_force(START).order_by("code")),
                starts_on=START,
                at=now,
                seed=SEED,
            )
            counts["partner systems"] = load_clients(at=now)
            self._say("people: " + ", ".join(f"{number:,} {name}" for name, number in counts.items()))
            self._history()
            self._today(now)
        self._say(f"cases: {Case.objects.count():,}")

    def _refuse_real_data(self) -> None:
        real = User.objects.exclude(source="demo").exists() or Case.objects.exclude(source="demo").exists()
        if real:
            raise CommandError(
                "This database holds people or cases that are not the demo's. The demo is loaded into an empty "
                "database only: set DATABASE_URL (or VAR_DIR) to another one."
            )

    def _reference(self, now: dt.datetime) -> None:
        steps: tuple[tuple[str, Callable[[], object]], ...] = (
            ("areas", lambda: load_areas(actor=SYSTEM, at=now)),
            ("blocks", lambda: _division(now)),
            (
                "units",
                lambda: load_units(district=District.objects.get(), starts_on=START, at=now, actor=SYSTEM),
            ),
            ("duty lists", lambda: load_lists(at=now, actor=SYSTEM)),
            ("certificates", lambda: load_certificates(at=now, actor=SYSTEM)),
            ("calendar", lambda: load_calendar(at=now, actor=SYSTEM)),
            ("time limits", lambda: load_step_limits(at=now, actor=SYSTEM)),
            ("categories", load_categories),
            ("services", lambda: load_catalogue(at=now, actor=SYSTEM)),
        )
        for _name, step in self._bar(steps, len(steps), "reference data"):
            step()

    def _history(self) -> None:
        around = Surroundings.on(dt.date(2022, 6, 1))
        planner = Planner(around, seed=SEED, first=dt.date(2022, 1, 4), last=dt.date(2022, 10, 20))
        total = sum(programme.count for programme in HISTORY)
        with tqdm(total=total, desc="history of 2022", disable=self._silent, unit=" cases") as bar:
            for programme in HISTORY:
                for done in write_history(planner.plans(programme), surroundings=around):
                    bar.update(done)
        skip_to_end()  # history is not announced to anybody

    def _today(self, now: dt.datetime) -> None:
        around = Surroundings.on(clock.local_date(now))
        for _one in self._bar(load_open_cases(around=around, now=now, seed=SEED), COUNT, "open cases"):
            pass
        load_visits(now=now, seed=SEED)
        Case.objects.filter(source="").update(source="demo")
        for load in self._bar(AROUND, len(AROUND), "meetings, visits, leave …"):
            load(now=now, seed=SEED)
        late = ("cases.warn", "cases.escalate", "cases.whistles")
        while any(done > 0 for done in steps.run_sweeps(now, only=late).values()):
            pass
        while relay(at=now):
            pass
        while fan_out(at=now):
            pass
        with tqdm(total=Case.objects.count(), desc="tallies", disable=self._silent, unit=" cases") as bar:
            for done in rebuild(at=now):
                bar.update(done)

    @property
    def _silent(self) -> bool | None:
        return True if self.quiet else None

    def _bar(self, items: Iterable[Any], total: int, name: str) -> Iterable[Any]:
        return tqdm(items, total=total, desc=name, disable=self._silent)

    def _say(self, text: str) -> None:
        if not self.quiet:
            self.stdout.write(text)


def _division(now: dt.datetime) -> None:
    features = json.loads((DATA / "blocks.geojson").read_text(encoding="utf-8"))["features"]
    result = import_division(
        district_code="430302", features=features, effective_from=START, source="demo", actor=SYSTEM, at=now
    )
    if result.errors:
        raise CommandError("; ".join(str(error) for error in result.errors))
