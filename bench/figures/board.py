"""The board at the big size: its pages of the district and of its parts, beside the same at the small one."""

from bench import machine
from bench.figures import Plan, as_person
from bench.figures.pages import WARM_UP, timed
from bench.load import Caller, call
from bench.machine import House
from bench.table import Figure

DISTRICT, STREET = "430302", "430302001"
# What it is, address.
PAGES = (
    ("board: district", f"/board/{DISTRICT}/"),
    ("board: district, a year", f"/board/{DISTRICT}/?period=year"),
    ("board: district, trends", f"/board/{DISTRICT}/trends/"),
    ("board: district, departments and lists", f"/board/{DISTRICT}/work/"),
    ("board: district, people and visits", f"/board/{DISTRICT}/people/"),
    ("board: district, map of 326 blocks", f"/board/{DISTRICT}/map/"),
    ("board: street", f"/board/{STREET}/"),
    ("board: street, trends", f"/board/{STREET}/trends/"),
    ("board: community", f"/board/{STREET}001/"),
    ("board: block", f"/board/{STREET}00101/"),
    ("board: one indicator explained", f"/board/{DISTRICT}/indicators/satisfaction_rate/"),
    ("figures of the API", f"/api/v1/figures/?area={DISTRICT}"),
)
WHO, LIMIT, MOST = "leader", 1.5, 12
# All indicators at once, and the six measures of two years.
API, MOST_OF_API = f"/api/v1/figures/?area={DISTRICT}", 36
# Who asks, with which posts, and what the area is called: what every page costs, whatever it shows.
NOTHING = f"/board/{DISTRICT}/indicators/nothing/"


def measure(plan: Plan) -> list[Figure]:
    """Both systems stand side by side; only one is asked at a time."""
    for name in (plan.small, plan.big):
        machine.manage(name, "sweep", "--once", "-v0")
    count = 3 * plan.rounds
    costs = machine.inside(plan.big, "costs", WHO, NOTHING, *(path for _name, path in PAGES))
    asking = costs[NOTHING][0]
    figures = []
    with (
        House(machine.environment(plan.small)) as small,
        House(machine.environment(plan.big)) as big,
    ):
        callers, headers = [], []
        for name, house in ((plan.small, small), (plan.big, big)):
            house.redis()
            callers.append(Caller(house.web()[0]))
            headers.append(as_person(machine.inside(name, "session", WHO)))
        for name, address in PAGES:
            calls = [call(name, "GET", address, header) for header in headers]
            timed(callers, calls, WARM_UP)
            few, many = timed(callers, calls, count)
            queries, most = costs[address][0] - asking, MOST_OF_API if address == API else MOST
            figures.append(
                Figure(
                    name,
                    f"{many:.1f} ms = {many / few:.2f} times, {queries} queries for its data",
                    f"small: {few:.1f} ms",
                    f"≤ {LIMIT} times, ≤ {most} queries",
                    many <= LIMIT * few and queries <= most,
                )
            )
    return figures
