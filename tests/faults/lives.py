"""Whole lives of cases, lived by concurrent callers who repeat what got no answer; keeps what was accepted.

A life: report → dispatched by rule → (return, more time, contact) → sign → hand back → (rework) → evaluate → rate, or
nobody rates and the clock closes it. Which way a case goes comes from the drill's seed. Leaves to others: whether
everything that was accepted is there exactly once (``invariants``).
"""

import datetime as dt
import itertools
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cases.states import MOVES
from tests.faults.cast import SESSIONS
from tests.faults.clients import Answer, Caller, Gone, Watch
from tests.faults.machines import System

B1, B2 = "43030200100101", "43030200100102"
MARKET = "1101"  # led by the district's market regulation department
# Category and block → who signs and works, who evaluates.
WAYS = {
    ("0101", B1): ("governor", "supervisor"),
    ("0502", B1): ("governor", "supervisor"),
    ("0202", B2): ("governor2", "coordinator"),
    (MARKET, B1): ("department", "supervisor"),
}
PEOPLE = ("governor", "governor2", "supervisor", "coordinator", "department", "dispatcher", "streetleader")


@dataclass
class Accepted:
    """What the system said yes to: reports by key, moves by case and journal kind. The truth that it is held to."""

    reports: dict[str, str] = field(default_factory=dict)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    rated: set[str] = field(default_factory=set)
    refused: Counter[tuple[str, int]] = field(default_factory=Counter)
    ended: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def report(self, key: str, number: str) -> None:
        with self._lock:
            self.reports[key] = number

    def move(self, number: str, name: str, answer: Answer) -> bool:
        """Keep how a move went; whether it was accepted."""
        with self._lock:
            if answer.status == 200:
                self.events[number, MOVES[name].event] += 1
                return True
            self.refused[name, answer.status] += 1
            return False

    def end(self, number: str, *, rated: bool) -> None:
        with self._lock:
            self.ended += 1
            if rated:
                self.rated.add(number)

    def as_json(self) -> str:
        """For ``invariants``, which run inside the system."""
        events = [[number, kind, count] for (number, kind), count in sorted(self.events.items())]
        return json.dumps({"reports": self.reports, "events": events, "rated": sorted(self.rated)})


def callers_of(system: System, watch: Watch, seed: str) -> dict[str, Caller]:
    """The people of the cast, each in the session that was made for them, and a resident without one."""
    found = {name: Caller(system.port, name, watch, random.Random(f"{seed} {name}")) for name in PEOPLE}
    for caller in found.values():
        caller.take_session(system.folder / "var" / SESSIONS)
    return found | {"resident": Caller(system.port, "", watch, random.Random(f"{seed} resident"))}


@dataclass
class Life:
    """One case on its way."""

    key: str
    callers: dict[str, Caller]
    accepted: Accepted
    system: System
    rng: random.Random
    number: str = ""

    def live(self) -> None:
        """From the report to the end."""
        (category, block), (holder, evaluator) = self.rng.choice(sorted(WAYS.items()))
        has_person = self.rng.random() < 0.7
        self._report(category, block, has_person=has_person)
        on_the_spot = category != MARKET and self.rng.random() < 0.1
        if on_the_spot and self._try("solve-on-spot", holder, result="当场清理"):
            self._evaluate(holder, evaluator)
        else:
            holder = self._dispatched(holder)
            self._must("sign", holder)
            self._on_the_way(holder, has_person=has_person)
            self._must("hand-back", holder, result="已处理")
            self._evaluate(holder, evaluator)
        rates = has_person and self.rng.random() < 0.7
        if rates:
            self._rate()
        self.accepted.end(self.number, rated=rates)

    def _report(self, category: str, block: str, *, has_person: bool) -> None:
        data: dict[str, Any] = {"category": category, "block": block, "description": f"演练 {self.key}"}
        if has_person:
            data["reporter"] = {"name": "张三", "phone": f"1380000{self.rng.randrange(10_000):04d}"}
        answer = self.callers["governor"].post("/api/v1/cases/", data, key=self.key)
        assert answer.status == 201, (answer.status, answer.body[:300])
        self.number = answer.json["number"]
        self.accepted.report(self.key, self.number)

    def _dispatched(self, holder: str) -> str:
        """Wait until the rules sent it; sometimes it is returned and given to another by hand. Who holds it then."""
        self._wait_for("dispatched")
        if self.rng.random() > 0.15 or not self._try("return", holder, reason="不归我管"):
            return holder
        # What a department leads stays with it: no street may lead such a case.
        if holder == "department" or self.rng.random() < 0.4:
            self._must("decide-return", "dispatcher", approve=False, reason="请继续办理")
            return holder
        self._must("decide-return", "dispatcher", approve=True, reason="同意")
        self._must("dispatch", "dispatcher", assignee=self._id_of("governor2"), duty_item=self._item)
        return "governor2"

    def _on_the_way(self, holder: str, *, has_person: bool) -> None:
        if has_person and self.rng.random() < 0.5:
            self._must("contact", holder, channel="phone")
        if self.rng.random() < 0.3:
            self._must("urge", "streetleader", comment="请抓紧")
        if self.rng.random() < 0.3 and self._try(
            "request-extension", holder, reason="等配件", until=self._later()
        ):
            # The limit may have passed since: then the request lapses or is refused, which is an answer too.
            self._try("decide-extension", "dispatcher", approve=True, reason="同意")

    def _evaluate(self, holder: str, evaluator: str) -> None:
        if self.rng.random() < 0.15:
            self._must("evaluate", evaluator, effective=False, comment="还有垃圾")
            self._must("hand-back", holder, result="又清理一遍")
        self._must("evaluate", evaluator, effective=True)

    def _rate(self) -> None:
        """The resident's page, by the private link that a text message brought."""
        caller, sql = self.callers["resident"], (
            "SELECT token FROM cases_reporter r JOIN cases_case c ON c.id = r.case_id "
            f"WHERE c.number = '{self.number}'"
        )  # fmt: skip
        token = _insist(lambda: self.system.rows(sql)[0][0])
        page = caller.get(f"/f/{token}/")
        assert page.status == 200, page.status
        answer = caller.send_form(f"/f/{token}/rate/", {"solved": "solved", "satisfaction": "satisfied"})
        assert answer.status in (200, 302), (answer.status, answer.body[-2000:])

    def _wait_for(self, state: str, seconds: float = 600) -> None:
        until, watch = time.monotonic() + seconds, self.callers["dispatcher"].watch
        while (found := self._read()["state"]) != state:
            if time.monotonic() > until or watch.over.wait(self.rng.uniform(0.1, 0.4)):
                raise Gone(f"{self.number} is {found} and not {state} after {seconds} s")

    def _read(self) -> dict[str, Any]:
        answer = self.callers["dispatcher"].get(f"/api/v1/cases/{self.number}/")
        assert answer.status == 200, (answer.status, answer.body[:300])
        found: dict[str, Any] = answer.json
        return found

    def _later(self) -> str:
        """Ten seconds more than the limit."""
        due = dt.datetime.fromisoformat(self._read()["due_at"])
        return (due + dt.timedelta(seconds=10)).isoformat()

    @cached_property
    def _item(self) -> str:
        return str(self._read()["duty_item"])

    def _id_of(self, username: str) -> int:
        sql = f"SELECT id FROM staffing_user WHERE username = '{username}'"
        return int(_insist(lambda: self.system.rows(sql)[0][0]))

    def _try(self, name: str, who: str, **data: Any) -> bool:
        key = f"{self.key}-{name}-{self.rng.randrange(10**9)}"
        answer = self.callers[who].post(f"/api/v1/cases/{self.number}/moves/{name}/", data, key=key)
        self._last = answer
        return self.accepted.move(self.number, name, answer)

    def _must(self, name: str, who: str, **data: Any) -> None:
        if not self._try(name, who, **data):
            raise AssertionError(
                f"{self.number}: {name} by {who}: {self._last.status} {self._last.body[:400]!r}"
            )


def _insist(ask: Callable[[], Any], seconds: float = 120) -> Any:
    """The drill's own reads go to the database that the drill breaks."""
    until = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except Exception:  # whichever driver, whatever it says
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


def live(system: System, watch: Watch, *, count: int, threads: int, seconds: float, seed: str) -> Accepted:
    """At least ``count`` lives, and until ``seconds`` are over, by ``threads`` callers at a time.

    Raises what the first life that failed raised; the others end then as soon as they can.
    """
    accepted, began = Accepted(), time.monotonic()
    indexes = itertools.count()

    def go_on(who: int) -> None:
        callers = callers_of(system, watch, f"{seed} caller {who}")
        try:
            while (index := next(indexes)) < count or time.monotonic() - began < seconds:
                if watch.over.is_set():
                    return
                rng = random.Random(f"{seed} life {index}")
                Life(f"{seed}-{index}", callers, accepted, system, rng).live()
        finally:
            for caller in callers.values():
                caller.close()

    with ThreadPoolExecutor(threads, thread_name_prefix="life") as pool:
        futures = [pool.submit(go_on, who) for who in range(threads)]
        try:
            for future in as_completed(futures):
                future.result()
        finally:
            watch.over.set()
    return accepted
