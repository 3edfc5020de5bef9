"""Drills: one mould for all of them, one seed that is printed, logs with every failure."""

import os
import random
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.faults.machines import Mould, System, own_folder

LONG = os.environ.get("DRILL") == "long"
SEED = int(os.environ.get("DRILL_SEED") or secrets.randbelow(10**9))

Start = Callable[..., AbstractContextManager[System]]


def pytest_report_header() -> str:
    """The seed, so that a drill can be repeated."""
    return f"drills: {'long' if LONG else 'short'} form, DRILL_SEED={SEED}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A drill that failed shows the seed and the end of every log."""
    report = yield
    if report.when == "call" and report.failed and "logs" in item.funcargs:
        report.sections.append(("drill", f"DRILL_SEED={SEED}; whole logs in {item.funcargs['logs']}"))
        for log in sorted(item.funcargs["logs"].glob("*.log")):
            end = log.read_text(encoding="utf-8", errors="replace").splitlines()[-60:]
            report.sections.append((f"end of {log.name}", "\n".join(end)))
    return report


@pytest.fixture
def seed() -> int:
    """The one number that everything random comes from."""
    return SEED


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Chance of this test alone: the same whichever others run."""
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture(scope="session")
def long() -> bool:
    """Whether the long form was asked for (``DRILL=long``)."""
    return LONG


@pytest.fixture(scope="session")
def lives(long: bool) -> Callable[[int, int], int]:
    """How many lives: the short form's number or the long form's; ``DRILL_LIVES`` overrules both."""
    return lambda short, many: int(os.environ.get("DRILL_LIVES") or (many if long else short))


def _mould(embedded: bool) -> Iterator[Mould]:
    if sys.platform != "linux" or shutil.which("setpriv") is None:
        pytest.skip("drills need Linux with setpriv")
    with own_folder() as folder:
        yield Mould(folder, embedded=embedded).make()


@pytest.fixture(scope="session")
def mould() -> Iterator[Mould]:
    """PostgreSQL, Redis and the processes of the Procfile, with the cast loaded."""
    yield from _mould(embedded=False)


@pytest.fixture(scope="session")
def embedded_mould() -> Iterator[Mould]:
    """``manage.py serve`` on SQLite, with the cast loaded."""
    yield from _mould(embedded=True)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Where the processes of this drill write."""
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


@pytest.fixture
def system(mould: Mould, logs: Path) -> Iterator[System]:
    """A production system with the cast: database and broker run, ``system.start()`` starts the rest."""
    with mould.cast(logs) as cast:
        yield cast


@pytest.fixture
def embedded(embedded_mould: Mould, logs: Path) -> Iterator[System]:
    """An embedded system with the cast; ``system.start()`` starts it."""
    with embedded_mould.cast(logs) as cast:
        yield cast
