"""The databases on which figures are taken: the demo, and the demo filled up to so many cases. Kept between runs."""

import subprocess
import sys

from bench import machine

RARE = "鸬鹚"  # in these many cases of a database, whatever its size; nowhere in the demo's texts
RARE_CASES = 12
COMMON = "小区"  # in about a tenth of the loader's texts
SEED = 7


def demo() -> None:
    """The database that all others are copied from."""
    if "base" not in machine.names():
        machine.create("base")
    machine.manage("base", "migrate", "--noinput", "-v0")
    machine.manage("base", "load_demo", "-v0")
    machine.manage("base", "collectstatic", "--noinput", "-v0")


def sized(name: str, count: int, *, history: bool = True) -> None:
    """``count`` cases at least. What is there already is kept, so a run that was cut short goes on where it was."""
    if name not in machine.names():
        machine.create(name, template="base")
    machine.manage(name, "migrate", "--noinput", "-v0")
    missing = count - cases_in(name)
    if missing > 0:
        # The seed differs from run to run that goes on, so that numbers of a killed load do no harm.
        _load(name, missing, seed=SEED + cases_in(name) % 1_000, history=history)
        if history:
            machine.manage(name, "rebuild_tallies", "-v0")
    rare = machine.inside(name, "rare", RARE, str(RARE_CASES))
    if missing > 0 or rare or _is_unknown(name):
        with machine.asking(name) as cursor:
            cursor.execute("VACUUM ANALYZE")


def cases_in(name: str) -> int:
    """How many cases the database holds."""
    with machine.asking(name) as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        count: int = cursor.fetchone()[0]
    return count


def _is_unknown(name: str) -> bool:
    """Whether the planner was never told what the tables hold: autovacuum may be off."""
    with machine.asking(name) as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'cases_case'")
        known: float = cursor.fetchone()[0]
    return abs(known - cases_in(name)) > 0.1 * cases_in(name)


def _load(name: str, count: int, *, seed: int, history: bool) -> None:
    """With the progress on the terminal: a million takes a while."""
    command = [sys.executable, "manage.py", "load_cases", "--count", str(count), "--seed", str(seed)]
    command += [] if history else ["--no-history"]
    done = subprocess.run(command, cwd=machine.BASE, env=machine.environment(name), check=False)
    if done.returncode:
        raise machine.Failed(f"load_cases ended with {done.returncode}")
