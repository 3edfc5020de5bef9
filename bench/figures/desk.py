"""The desk at the big size: its list of cases, as a whole and by kinds of work, beside the same at the small one."""

from bench import machine
from bench.figures import Plan, as_person
from bench.figures.pages import WARM_UP, timed
from bench.load import Caller, call
from bench.machine import House
from bench.table import Figure

CASES = "/admin/cases/case/"
# What it is, who asks, address.
PAGES = (
    ("desk: list of cases, district", "leader", CASES),
    ("desk: in my area", "leader", f"{CASES}?show=my_area"),
    ("desk: waits for my decision", "leader", f"{CASES}?show=to_decide"),
    ("desk: overdue", "leader", f"{CASES}?overdue=true"),
    ("desk: waiting for a signature", "leader", f"{CASES}?state=dispatched"),
    ("desk: list of cases, street", "streetleader", CASES),
    ("desk: to dispatch, street", "dispatcher", f"{CASES}?show=to_dispatch"),
    ("desk: the unit's, department", "department", f"{CASES}?show=my_unit"),
    ("desk: extensions to decide, street", "streetleader", f"{CASES}?decide=extension"),
)
LIMIT, MOST = 1.3, 8


def measure(plan: Plan) -> list[Figure]:
    """Both systems stand side by side; only one is asked at a time."""
    count = 3 * plan.rounds
    people = {who for _name, who, _address in PAGES}
    costs = {
        who: machine.inside(plan.big, "costs", who, *(path for _n, asks, path in PAGES if asks == who))
        for who in people
    }
    figures = []
    with (
        House(machine.environment(plan.small)) as small,
        House(machine.environment(plan.big)) as big,
    ):
        callers, headers = [], []
        for name, house in ((plan.small, small), (plan.big, big)):
            house.redis()
            callers.append(Caller(house.web()[0]))
            headers.append({who: as_person(machine.inside(name, "session", who)) for who in people})
        for name, who, address in PAGES:
            calls = [call(name, "GET", address, header[who]) for header in headers]
            timed(callers, calls, WARM_UP)
            few, many = timed(callers, calls, count)
            queries, counts = costs[who][address]
            figures.append(
                Figure(
                    name,
                    f"{many:.1f} ms = {many / few:.2f} times, {queries} queries, {counts} count all",
                    f"small: {few:.1f} ms",
                    f"≤ {LIMIT} times, < {MOST} queries, none counts all",
                    many <= LIMIT * few and queries < MOST and not counts,
                )
            )
    return figures
