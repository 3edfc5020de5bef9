"""What is measured without clients: sweeps, points, loading, memory and start."""

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench import data, machine
from bench.figures import Plan, as_person
from bench.load import Caller, call
from bench.table import Figure, ratio

DUE = 200
# Parents before children: what one load writes, to be copied as it is.
TABLES = (
    "cases_casenumber",
    "cases_case",
    "cases_reporter",
    "cases_caseparty",
    "cases_note",
    "cases_workorder",
    "cases_evaluation",
    "cases_rating",
    "cases_deadline",
    "cases_escalation",
    "journal_entry",
    "journal_feedentry",
)


def sweep(plan: Plan) -> list[Figure]:
    """The questions of all sweeps of the loop together."""
    found = machine.inside(plan.big, "sweep", str(DUE))
    open_rows = max(found["index_rows"].values())
    bounded = open_rows <= 10 * max(found["running"], 1)
    return [
        Figure(
            f"sweep, big, {DUE} due",
            f"{found['milliseconds']:.1f} ms for all five questions",
            "",
            "< 20 ms, index only on the open ones",
            found["milliseconds"] < 20 and bounded and found["found"] >= min(DUE, found["running"]),
            f"{found['found']} found; largest index: {open_rows} rows",
        )
    ]


def locate(plan: Plan) -> list[Figure]:
    """A point of every block."""
    found = machine.inside(plan.small, "locate", str(10 * plan.rounds))
    share = found["product"] / found["shapely"]
    return [
        Figure(
            "locate",
            f"{found['product']:.1f} µs = {share:.2f} times",
            f"Shapely alone: {found['shapely']:.1f} µs",
            "≤ 2 times, < 50 µs",
            share <= 2 and found["product"] < 50,
        )
    ]


def embedded(plan: Plan) -> list[Figure]:
    """SQLite with synchronous FULL, the step in the same process."""
    folder = machine.VAR / "embedded"
    shutil.rmtree(folder, ignore_errors=True)  # the demo is loaded into an empty database only
    folder.mkdir(parents=True)
    sqlite = {"DATABASE_URL": f"sqlite:///{folder / 'yuhu.sqlite3'}", "VAR_DIR": str(folder)}
    machine.manage("base", "migrate", "--noinput", "-v0", **sqlite)
    machine.manage("base", "load_demo", "-v0", **sqlite)
    found = machine.inside("base", "embedded", str(10 * plan.rounds), **sqlite)
    return [Figure("report → dispatched, embedded", f"{found:.0f} ms", "", "median < 50 ms", found < 50)]


def loading(plan: Plan) -> list[Figure]:
    """``load_cases``, and then COPY of exactly the rows that it wrote, into a copy of the same database."""
    loads, copies = [], []
    for number in range(plan.rounds):
        for name in ("load", "copy"):
            machine.drop(name)
            machine.create(name, template="base")
        before = _ends("load")
        output = machine.manage("load", "load_cases", "--count", str(plan.loaded), "--seed", str(number + 1))
        seconds = re.search(r"cases in ([0-9.]+) s", output)
        if seconds is None:
            raise machine.Failed(f"load_cases said {output!r}")
        loads.append(plan.loaded / float(seconds[1]))
        copies.append(plan.loaded / _copied(before))
    for name in ("load", "copy"):
        machine.drop(name)
    share, rate = ratio(loads, copies), median(loads)
    return [
        Figure(
            "load_cases",
            f"{rate:,.0f} cases/s with their journal = {share:.2f} of it",
            f"COPY of the same rows: {median(copies):,.0f} cases/s",
            "≥ 0.3 of it, ≥ 2,000/s",
            share >= 0.3 and rate >= 2_000,
            f"{plan.loaded:,} cases, as many processes as processors; COPY by one",
        )
    ]


def _ends(name: str) -> dict[str, int]:
    """The last key of each table."""
    ends = {}
    with machine.asking(name) as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT coalesce(max({_key(table)}), 0) FROM {table}")
            ends[table] = cursor.fetchone()[0]
    return ends


def _key(table: str) -> str:
    return "feed_no" if table == "journal_feedentry" else "id"


def _copied(before: dict[str, int]) -> float:
    """Seconds that COPY takes for the rows behind ``before``, in one transaction, with its commit."""
    with tempfile.TemporaryDirectory(dir=machine.VAR) as folder:
        with machine.asking("load") as cursor:
            for table, last in before.items():
                with (Path(folder) / table).open("wb") as file:
                    rows = f"SELECT * FROM {table} WHERE {_key(table)} > {last} ORDER BY {_key(table)}"
                    cursor.copy_expert(f"COPY ({rows}) TO STDOUT", file)
        with machine.asking("copy") as cursor:
            started = time.perf_counter()
            cursor.execute("BEGIN")
            for table in before:
                with (Path(folder) / table).open("rb") as file:
                    cursor.copy_expert(f"COPY {table} FROM STDIN", file)
            cursor.execute("COMMIT")
            return time.perf_counter() - started


@contextmanager
def _started(plan: Plan, *, bare: bool) -> Iterator[tuple[int, Any]]:
    more = {"DJANGO_SETTINGS_MODULE": "bench.bare.settings"} if bare else {}
    with machine.House(machine.environment(plan.small, **more)) as house:
        if not bare:
            house.redis()
        yield house.web(bare=bare)


def memory(plan: Plan) -> list[Figure]:
    """Both servers started, asked, and looked at; the start is timed until the first page."""
    sizes: dict[bool, list[float]] = {False: [], True: []}
    starts: dict[bool, list[float]] = {False: [], True: []}
    leader = as_person(machine.inside(plan.small, "people", "1")["leader"])
    pages = ("/", "/cases/", "/api/v1/cases/", "/api/v1/blocks.geojson", "/services/", "/roster/", "/admin/")
    for _again in range(plan.rounds):
        for bare in (True, False):
            with _started(plan, bare=bare) as (port, process):
                caller = Caller(port)
                caller.ask(call("first", "GET", "/healthz"))
                starts[bare].append(time.perf_counter() - process.started)
                for _often in range(6):
                    for path in ("/healthz", "/admin/") if bare else pages:
                        Caller(port).ask(call(path, "GET", path, {} if bare else leader))
                sizes[bare].append(max(machine.memory_of(pid)[0] for pid in process.children))
    share, start = ratio(sizes[False], sizes[True]), median(starts[False])
    return [
        Figure(
            "memory per web worker (PSS)",
            f"{median(sizes[False]):.0f} MB = {share:.2f} times",
            f"bare Django: {median(sizes[True]):.0f} MB",
            "≤ 2 times",
            share <= 2,
            "after every kind of page",
        ),
        Figure(
            "cold start of the web server",
            f"{start:.1f} s",
            f"bare Django: {median(starts[True]):.1f} s",
            "< 3 s",
            start < 3,
        ),
    ]


def sizes(plan: Plan) -> list[Figure]:
    """Bytes per case, tables with their indexes: what growth is planned with."""
    count = data.cases_in(plan.big)
    with machine.asking(plan.big) as cursor:
        cursor.execute("SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'")
        bytes_ = float(cursor.fetchone()[0])
    return [
        Figure("disk per case, big", f"{bytes_ / count / 1024:.1f} KB", "", "–", None, f"{count:,} cases")
    ]
