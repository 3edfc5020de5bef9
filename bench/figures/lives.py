"""Whole life cycles with everything on one machine: web, worker, beat, PostgreSQL, Redis and the clients."""

import itertools
import time
from statistics import median, quantiles
from typing import Any

from bench import machine
from bench.figures import CSRF, REPORT, Plan, as_person
from bench.figures.report import callers
from bench.load import Client, Pause, Sample, call, drive
from bench.table import Figure

LIVES_AT_ONCE = 16
SOON, AGAIN = 0.3, 0.15  # seconds until somebody looks whether it was dispatched
ATTEMPTS = 100


class Lives:
    """Clients that carry cases from report to rating, and what they need to know for it."""

    def __init__(self, people: dict[str, Any], who: list[dict[str, str]], cursor: Any) -> None:
        self.pairs, self.who, self.cursor = people["blocks"], who, cursor

    def client(self, number: int) -> Client:
        """One case after the other."""
        for count in itertools.count():
            yield from self._life(number * 7 + count)

    def _life(self, number: int) -> Client:
        pair = self.pairs[number % len(self.pairs)]
        governor, supervisor = as_person(pair["governor"]), as_person(pair["supervisor"])
        body = {**REPORT, "block": pair["block"]}
        made = yield call("report", "POST", "/api/v1/cases/", self.who[number % len(self.who)], body=body)
        if made is None or made.status != 201:
            return
        case = made.json()["number"]
        yield from self._sign(case, governor)
        door = f"/api/v1/cases/{case}/moves"
        yield call("hand back", "POST", f"{door}/hand-back/", governor, body={"result": "已清运,现场干净。"})
        yield call("evaluate", "POST", f"{door}/evaluate/", supervisor, body={"effective": True})
        form = f"solved=solved&satisfaction=satisfied&csrfmiddlewaretoken={CSRF}".encode()
        cookie = {"Cookie": f"csrftoken={CSRF}"}
        yield call("rate and close", "POST", f"/f/{self._secret(case)}/rate/", cookie, form=form)

    def _sign(self, case: str, governor: dict[str, str]) -> Client:
        yield Pause(SOON)
        for _attempt in range(ATTEMPTS):
            signed = yield call("sign", "POST", f"/api/v1/cases/{case}/moves/sign/", governor, body={})
            if signed is not None and signed.status == 200:
                return
            yield Pause(AGAIN)

    def _secret(self, case: str) -> str:
        """What the reporter's link holds; the person has it from the text message."""
        self.cursor.execute(
            "SELECT token FROM cases_reporter JOIN cases_case c ON c.id = case_id WHERE number = %s", [case]
        )
        return str(self.cursor.fetchone()[0])


def measure(plan: Plan) -> list[Figure]:
    """The system as the Procfile says, one worker, ``LIVES_AT_ONCE`` cases under way."""
    people = machine.inside(plan.big, "people", "40")
    rates, waits, slowest = [], [], []
    with machine.House(machine.environment(plan.big, WORKER_PROCESSES="1")) as house:
        house.redis()
        port, _process = house.web()
        for role in machine.procfile().keys() - {"release", "web"}:
            house.role(role)
        with machine.asking(plan.big) as cursor:
            lives = Lives(people, callers(port, people), cursor)
            _until_all_work(lives, port)
            for number in range(plan.rounds + 1):
                cursor.execute("SELECT coalesce(max(id), 0) FROM cases_case")
                before = cursor.fetchone()[0]
                seconds = 2 * plan.seconds
                samples = drive([lives.client(one) for one in range(LIVES_AT_ONCE)], port, seconds)
                if number:  # the first round warms up
                    rates.append(_closed(samples) / seconds)
                    slowest.append(_p95(samples))
                    waits.append(_wait(cursor, before))
    return [
        Figure(
            "whole life cycles, big",
            f"{median(rates):.1f}/s",
            "",
            "≥ 12/s",
            median(rates) >= 12,
            f"{LIVES_AT_ONCE} under way; everything on this machine",
        ),
        Figure(
            "p95 of a request meanwhile",
            f"{median(slowest) * 1_000:.0f} ms",
            "",
            "< 300 ms",
            median(slowest) < 0.3,
        ),
        Figure(
            "report → dispatched, one worker, meanwhile",
            f"{median(waits) * 1_000:.0f} ms",
            "",
            "median < 500 ms",
            median(waits) < 0.5,
        ),
    ]


def _until_all_work(lives: Lives, port: int) -> None:
    """Workers start more slowly than the web server: go on once a whole life has ended."""
    until = time.monotonic() + machine.START_SECONDS * 3
    while time.monotonic() < until:
        samples = drive([lives.client(0)], port, 5.0)
        if any(sample.kind == "rate and close" and sample.status == 302 for sample in samples):
            return
    raise machine.Failed(f"no case was dispatched and closed: see {machine.VAR / 'log.txt'}")


def _closed(samples: list[Sample]) -> int:
    """Cases that were rated and so closed; a refusal of anything but signing too early is a failure."""
    wrong = {
        (sample.kind, sample.status)
        for sample in samples
        if sample.status >= 400 and (sample.kind, sample.status) != ("sign", 409)
    }
    if wrong:
        raise machine.Failed(f"life cycles met refusals: {sorted(wrong)}")
    return sum(sample.kind == "rate and close" for sample in samples)


def _p95(samples: list[Sample]) -> float:
    return quantiles([sample.seconds for sample in samples], n=20)[-1]


def _wait(cursor: Any, before: int) -> float:
    cursor.execute(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM dispatched_at - reported_at)) "
        "FROM cases_case WHERE id > %s AND dispatched_at IS NOT NULL",
        [before],
    )
    return float(cursor.fetchone()[0])
