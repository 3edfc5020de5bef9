"""Reports by API, beside a bare REST framework view that inserts three rows on the same server settings."""

import itertools
import sys
from statistics import median
from typing import Any
from urllib.parse import urlencode

from bench import machine
from bench.figures import REPORT, Plan, as_person
from bench.load import Caller, Client, Sample, call, drive
from bench.table import Figure, ratio

COPY = "report"
CLIENT, SECRET = "partner-demo", "demo-yuhu-2022"


def token(port: int) -> str:
    """A token of the demo's partner system, or none where partner systems cannot log in."""
    form = urlencode({"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET})
    answer, _seconds = Caller(port).ask(call("token", "POST", "/oauth/token/", form=form.encode()))
    return str(answer.json()["access_token"]) if answer.status == 200 else ""


def callers(port: int, people: dict[str, Any]) -> list[dict[str, str]]:
    """Headers of those who report: the partner system, else governors by their sessions."""
    bearer = token(port)
    if bearer:
        return [{"Authorization": f"Bearer {bearer}"}]
    return [as_person(pair["governor"]) for pair in people["blocks"]]


def reports(number: int, who: list[dict[str, str]], blocks: list[str]) -> Client:
    """One client that reports again and again."""
    for count in itertools.count():
        block = blocks[(number * 31 + count) % len(blocks)]
        body = {**REPORT, "block": block}
        yield call("report", "POST", "/api/v1/cases/", who[number % len(who)], body=body)


def bare_reports() -> Client:
    """One client of the bare view."""
    while True:
        yield call("report", "POST", "/report/", body=REPORT)


def rate(samples: list[Sample], seconds: float, status: int) -> float:
    """Answers with the status per second; any other status is a failure."""
    others = [sample.status for sample in samples if sample.status != status]
    if len(others) > len(samples) // 100:
        raise machine.Failed(f"{len(others)} of {len(samples)} answers were not {status}: {others[:5]}")
    return (len(samples) - len(others)) / seconds


def measure(plan: Plan) -> list[Figure]:
    """Product and bare view by turns, with 4 and with 16 clients. Nothing dispatches meanwhile.

    On a copy of the small database, since nobody would ever deal with what is left there; the bare view's tables are
    empty.
    """
    for name in ("bare", COPY):
        machine.drop(name)
    machine.create("bare")
    machine.create(COPY, template=plan.small)
    bare = machine.environment("bare", DJANGO_SETTINGS_MODULE="bench.bare.settings", BARE_REST="1")
    machine.run([sys.executable, "manage.py", "migrate", "--run-syncdb", "-v0"], bare)
    people = machine.inside(COPY, "people", "16")
    blocks = [pair["block"] for pair in people["blocks"]]
    figures = []
    with machine.House(machine.environment(COPY)) as product, machine.House(bare) as limit:
        product.redis()
        port, _process = product.web()
        bare_port, _process = limit.web(bare=True)
        who = callers(port, people)
        note = "OAuth" if "Authorization" in who[0] else "sessions: no token endpoint"
        for clients in (4, 16):
            ours, theirs = [], []
            for number in range(plan.rounds + 1):
                mine = drive([reports(one, who, blocks) for one in range(clients)], port, plan.seconds)
                bares = drive([bare_reports() for _one in range(clients)], bare_port, plan.seconds)
                if number:  # the first round warms up
                    ours.append(rate(mine, plan.seconds, 201))
                    theirs.append(rate(bares, plan.seconds, 201))
            share = ratio(ours, theirs)
            figures.append(
                Figure(
                    f"report by API, {clients} clients",
                    f"{median(ours):.0f}/s = {share:.2f} of it",
                    f"bare view with three rows: {median(theirs):.0f}/s",
                    "≥ 0.4 of it",
                    share >= 0.4,
                    note,
                )
            )
        bearer = who[0].get("Authorization", "").removeprefix("Bearer ")
        count = machine.inside(COPY, "report_queries", "governor", *([bearer] if bearer else []))
    figures.append(Figure("queries of a report", str(count), "", "≤ 12", count <= 12, note))
    for name in ("bare", COPY):
        machine.drop(name)
    return figures
