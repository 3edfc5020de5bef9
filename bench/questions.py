"""What must be measured or prepared in a process of the product (``bench.inside``): one function per question."""

import datetime as dt
import json
import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

import shapely
from django.db import connection, transaction
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from shapely.geometry import Point

from bench.figures import REPORT
from blocks.geometry import Locator, read_polygons
from blocks.models import Block
from cases.actions import NewCase, Person, report
from cases.actions.base import By
from cases.models import Case, Deadline
from cases.states import State, Step
from cases.tasks import BATCH
from staffing.models import Tenure, User
from staffing.policies import scope_of
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit import clock

TRANSACTION = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT")
MARK = "bench"
NOWHERE = override_settings(STEP_TRANSPORT="yuhu.kit.steps.run_nowhere")


def rare(word: str, count: str) -> int:
    """Report cases with a word that no other text holds, unless they are there; returns how many were made."""
    known = Case.objects.filter(client=MARK).exclude(external_id="").count()
    blocks = list(Block.objects.in_force(clock.today()).order_by("code").values_list("code", flat=True))
    with NOWHERE:
        for number in range(known, int(count)):
            new = NewCase(
                category="0101",
                description=f"有人在河堤步道放养{word},第{number}次反映。",
                channel="resident",
                block=blocks[number * 17 % len(blocks)],
                client=MARK,
                external_id=f"{word}-{number}",
            )
            report(new, by=By(None, SYSTEM), at=clock.now())
    return max(0, int(count) - known)


def people(count: str) -> dict[str, Any]:
    """Sessions: a leader of the district, and governor and supervisor of so many blocks."""
    on = clock.today()
    pairs: dict[str, dict[str, str]] = {}
    rows = Tenure.objects.on(on).held().filter(post__in=("governor", "supervisor"))
    for row in rows.select_related("holder", "block").order_by("block__code"):
        if row.holder is not None:
            pairs.setdefault(row.block.code, {})[str(row.post)] = row.holder.username
    whole = [{"block": code, **pair} for code, pair in pairs.items() if len(pair) == 2][: int(count)]
    return {
        "leader": _session("leader"),
        "blocks": [
            {
                "block": pair["block"],
                "governor": _session(pair["governor"]),
                "supervisor": _session(pair["supervisor"]),
            }
            for pair in whole
        ],
    }


def _session(username: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
    return str(client.cookies["sessionid"].value)


def queries(username: str, *paths: str) -> dict[str, int]:
    """How many queries each address costs this person, beginning and ending a transaction not counted."""
    return {path: found for path, (found, _whole) in costs(username, *paths).items()}


def costs(username: str, *paths: str) -> dict[str, tuple[int, int]]:
    """The same, and how many of them count cases without an end."""
    client = Client()
    client.force_login(User.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
    found = {}
    for path in paths:
        client.get(path)  # the first request of a session stamps it; a process reads the calendar once
        asked = _asked(lambda path=path: client.get(path))  # type: ignore[misc]
        whole = [one for one in asked if "COUNT(" in one and "cases_case" in one and "LIMIT" not in one]
        found[path] = (len(asked), len(whole))
    return found


def report_queries(username: str, token: str = "") -> int:
    """How many queries a report costs; nothing of it stays. With a token as its client, else as the person."""
    client = Client()
    headers: dict[str, Any] = {}
    if token:
        headers["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    else:
        client.force_login(User.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
    block = Block.objects.in_force(clock.today()).order_by("code").values_list("code", flat=True)[0]
    body = json.dumps({**REPORT, "block": block})

    def send() -> None:
        response = client.post("/api/v1/cases/", body, content_type="application/json", **headers)
        if response.status_code != 201:
            raise RuntimeError(response.content.decode()[:300])

    with NOWHERE, transaction.atomic():
        send()
        counted = _count(send)
        transaction.set_rollback(True)
    return counted


def _count(work: Callable[[], object]) -> int:
    return len(_asked(work))


def _asked(work: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        work()
    return [one["sql"] for one in captured.captured_queries if not one["sql"].startswith(TRANSACTION)]


def sweep(due: str) -> dict[str, Any]:
    """Milliseconds that the sweeps' questions take together while so many clocks are due, and how many rows the
    indexes for them hold. Nothing of it stays."""
    at = clock.now()
    with transaction.atomic():
        keys = list(
            Deadline.objects.running().exclude(step=Step.RATE).order_by("pk").values_list("pk", flat=True)
        )
        past = at - dt.timedelta(hours=1)
        Deadline.objects.running().update(
            next_level_at=at + dt.timedelta(days=9), warn_at=at + dt.timedelta(days=9)
        )
        half = int(due) // 2
        Deadline.objects.filter(pk__in=keys[:half]).update(next_level_at=past)
        Deadline.objects.filter(pk__in=keys[half : int(due)]).update(warn_at=past, warned_at=None)
        found, times = 0, []
        for _again in range(15):
            started = time.perf_counter()
            found = sum(len(question) for question in map(list, _questions(at)))
            times.append((time.perf_counter() - started) * 1_000)
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples FROM pg_class WHERE relname IN "
            "('deadline_to_warn', 'deadline_to_escalate', 'case_to_dispatch', 'case_to_review')"
        )
        rows = {name: max(0, int(count)) for name, count in cursor.fetchall()}
    return {"milliseconds": median(times), "found": found, "running": len(keys), "index_rows": rows}


def _questions(at: dt.datetime) -> Iterable[Any]:
    """What cases.tasks asks of the tables, sweep by sweep."""
    yield Case.objects.awaiting_dispatch().order_by("pk").values_list("pk", flat=True)[:BATCH]
    yield Deadline.objects.to_warn(at).order_by("warn_at").values_list("pk", flat=True)[:BATCH]
    breached = Deadline.objects.breached(at).order_by("next_level_at")
    yield breached.exclude(step=Step.RATE).values_list("pk", flat=True)[:BATCH]
    yield breached.filter(step=Step.RATE).values_list("case", flat=True)[:BATCH]
    suspended = Case.objects.filter(state=State.SUSPENDED, review_at__lte=at)
    yield suspended.order_by("review_at").values_list("pk", flat=True)[:BATCH]


def locate(count: str) -> dict[str, float]:
    """Microseconds to find the block of a point, and what Shapely alone takes for the same points."""
    rows = list(Block.objects.in_force(clock.today()).order_by("pk").values_list("pk", "boundary"))
    locator = Locator(rows)
    tree = shapely.STRtree([read_polygons(boundary) for _key, boundary in rows])
    points = [
        (row.centroid_longitude, row.centroid_latitude)
        for row in Block.objects.in_force(clock.today()).only("centroid_longitude", "centroid_latitude")
    ]

    def alone(longitude: float, latitude: float) -> object:
        return tree.query(Point(longitude, latitude), predicate="intersects")

    times: dict[str, list[float]] = {"product": [], "shapely": []}
    for _again in range(int(count)):
        for name, find in (("product", locator.locate), ("shapely", alone)):
            started = time.perf_counter()
            for point in points:
                find(*point)
            times[name].append((time.perf_counter() - started) / len(points) * 1e6)
    return {name: median(found) for name, found in times.items()}


def embedded(count: str) -> float:
    """Milliseconds from report to dispatched where the step runs in the same process; the median."""
    block = Block.objects.in_force(clock.today()).order_by("code").values_list("code", flat=True)[0]
    times = []
    for _again in range(int(count)):
        new = NewCase(
            category="0101",
            description=str(REPORT["description"]),
            channel="resident",
            block=block,
            reporter=Person("张三", "13800005678"),
        )
        case = report(new, by=By(None, SYSTEM), at=clock.now())
        case.refresh_from_db()
        if case.dispatched_at is None:
            raise RuntimeError("a report was not dispatched")
        times.append((clock.now() - case.reported_at).total_seconds() * 1_000)
    return median(times)


def hottest() -> dict[str, str]:
    """Plans of the ten queries that are asked most, or cost most, as EXPLAIN (ANALYZE, BUFFERS) tells them."""
    at, on = clock.now(), clock.today()
    leader, governor = (User.objects.get(username=name) for name in ("leader", "governor"))
    whole, block = (Case.objects.within(scope_of(user, on)) for user in (leader, governor))
    newest = ("-reported_at", "-pk")
    last = Case.objects.order_by("pk").last()
    assert last is not None
    keys = Case.objects.order_by(*newest)
    deep = keys[Case.objects.count() // 2]
    beyond = Q(reported_at__lt=deep.reported_at) | Q(reported_at=deep.reported_at, pk__lt=deep.pk)
    asked: dict[str, Any] = {
        "newest page, whole district": whole.for_lists().order_by(*newest)[:51],
        "newest page, one block and own": block.for_lists().order_by(*newest)[:51],
        "filtered page (street, state)": whole.filter(street_code=last.street_code, state="closed")
        .for_lists()
        .order_by(*newest)[:51],
        "deep page": whole.for_lists()
        .filter(beyond, reported_at__lte=deep.reported_at)
        .order_by(*newest)[:51],
        "one case by its number": Case.objects.filter(number=last.number).for_api(),
        "its clocks": Deadline.objects.filter(case=last),
        "its timeline": Entry.objects.filter(subject_type="case", subject_id=last.number).order_by("seq"),
        "in my hands": whole.open().held_by(governor.pk, frozenset()).order_by("due_at")[:51],
        "sweep: breached clocks": Deadline.objects.breached(at).order_by("next_level_at")[:BATCH],
        "overdue in the district": whole.overdue(at).order_by("due_at")[:51],
    }
    return {name: rows.explain(analyze=True, buffers=True) for name, rows in asked.items()}


QUESTIONS: dict[str, Callable[..., Any]] = {
    "rare": rare,
    "people": people,
    "session": _session,
    "queries": queries,
    "costs": costs,
    "report_queries": report_queries,
    "sweep": sweep,
    "locate": locate,
    "embedded": embedded,
    "hottest": hottest,
}
