"""Lists, searches and single cases at the big size beside the same at the small one, request by request in turn; and
the map of all blocks."""

import base64
import datetime as dt
import gzip
import json
from collections.abc import Sequence
from statistics import median
from urllib.parse import quote

from bench import data, machine
from bench.figures import Plan, as_person
from bench.load import Call, Caller, call
from bench.machine import House
from bench.table import Figure

STREET = "430302001"
WARM_UP = 20  # every thread of every worker has its connection
# name, address; {deep} and {mark} stand for a place in the middle of the database, {number} for a case of the demo.
LISTS = (
    ("page of 50 cases", "/api/v1/cases/"),
    ("page of 50 cases, HTML", "/cases/"),
    ("filtered page", f"/api/v1/cases/?street={STREET}&state=closed"),
    ("filtered page, HTML", f"/cases/?community={STREET}001&state=closed"),
    ("deep page", "/api/v1/cases/?cursor={deep}"),
    ("deep page, HTML", "/cases/?older={mark}"),
    ("search, rare word", f"/api/v1/cases/?q={quote(data.RARE)}"),
    ("search, common word", f"/api/v1/cases/?q={quote(data.COMMON)}"),
)
DETAILS = (
    ("case", "/api/v1/cases/{number}/"),
    ("its timeline", "/api/v1/cases/{number}/events/"),
    ("case with timeline, HTML", "/cases/{number}/"),
)


def places(name: str) -> dict[str, str]:
    """What the addresses name in this database."""
    with machine.asking(name) as cursor:
        cursor.execute(
            "SELECT reported_at, id FROM cases_case ORDER BY reported_at DESC, id DESC "
            "OFFSET (SELECT count(*) / 2 FROM cases_case) LIMIT 1"
        )
        at, key = cursor.fetchone()
        cursor.execute(
            "SELECT number FROM cases_case WHERE state = 'closed' AND source = 'demo' ORDER BY id LIMIT 1"
        )
        number = cursor.fetchone()[0]
    text = json.dumps([0, at.isoformat(), key], separators=(",", ":"))
    since = at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return {
        "deep": base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
        "mark": f"{since // dt.timedelta(microseconds=1)}.{key}",
        "number": number,
    }


def timed(callers: Sequence[Caller], calls: Sequence[Call], count: int) -> list[float]:
    """Milliseconds of each call, the median of ``count`` requests, one after the other in turn."""
    found: list[list[float]] = [[] for _caller in callers]
    for _again in range(count):
        for place, (caller, wanted) in enumerate(zip(callers, calls, strict=True)):
            answer, seconds = caller.ask(wanted)
            if answer.status not in (200, 304, 404):
                raise machine.Failed(f"{wanted.raw[:120]!r} was answered with {answer.status}")
            found[place].append(seconds * 1_000)
    return [median(times) for times in found]


def measure(plan: Plan) -> list[Figure]:
    """Both systems stand side by side; only one is asked at a time."""
    count = 5 * plan.rounds if plan.quick else 15 * plan.rounds
    figures = []
    with (
        House(machine.environment(plan.small)) as small,
        House(machine.environment(plan.big)) as big,
    ):
        callers, headers, where = [], [], []
        for name, house in ((plan.small, small), (plan.big, big)):
            house.redis()
            callers.append(Caller(house.web()[0]))
            headers.append(as_person(machine.inside(name, "people", "1")["leader"]))
            where.append(places(name))
        for limit, addresses in ((1.3, LISTS), (1.2, DETAILS)):
            asked = {name: address.format(**where[1]) for name, address in addresses}
            queries = machine.inside(plan.big, "queries", "leader", *asked.values())
            for name, address in addresses:
                calls = [
                    call(name, "GET", address.format(**place), header)
                    for place, header in zip(where, headers, strict=True)
                ]
                timed(callers, calls, WARM_UP)
                times = timed(callers, calls, count)
                figures.append(
                    _beside(name, times, limit, queries[asked[name]], most=8 if limit > 1.2 else 12)
                )
        figures += _map(callers[1], headers[1], count)
    return figures


def _beside(name: str, times: list[float], limit: float, queries: int, *, most: int) -> Figure:
    few, many = times[0], times[1]
    share = many / few
    return Figure(
        f"{name}, big",
        f"{many:.1f} ms = {share:.2f} times, {queries} queries",
        f"small: {few:.1f} ms",
        f"≤ {limit} times, ≤ {most} queries",
        share <= limit and queries <= most,
    )


def _map(caller: Caller, headers: dict[str, str], count: int) -> list[Figure]:
    path = "/api/v1/blocks.geojson"
    whole = call("map", "GET", path, {**headers, "Accept-Encoding": "gzip"})
    first, _seconds = caller.ask(whole)
    if first.headers.get("content-encoding") != "gzip" or not gzip.decompress(first.body).startswith(b"{"):
        raise machine.Failed("the map was not compressed")
    known = call("304", "GET", path, {**headers, "If-None-Match": first.headers["etag"]})
    nothing = call("404", "GET", "/api/v1/nothing/", headers)
    calls = [whole, known, nothing]
    timed([caller] * 3, calls, WARM_UP)
    full, same, none = timed([caller] * 3, calls, count)
    size = len(first.body) / 1024
    return [
        Figure("blocks.geojson (326)", f"{full:.1f} ms", "", "< 15 ms", full < 15),
        Figure(
            "blocks.geojson, 304",
            f"{same:.1f} ms = {same - none:+.1f} ms",
            f"an authenticated 404: {none:.1f} ms",
            "< 2 ms more",
            same - none < 2,
        ),
        Figure("blocks.geojson, compressed", f"{size:.0f} KB", "", "< 60 KB", size < 60),
    ]
