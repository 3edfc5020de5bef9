"""``python -m bench``: prepares what is missing, measures, prints the table, writes it into docs/performance.md.

Ends with 1 when a target was missed, with 2 when something could not be measured.
"""

import argparse
import signal
import sys
from collections.abc import Callable

from bench import data, machine, statements
from bench.figures import Plan, board, desk, lives, pages, report, still
from bench.table import Figure, Table
from bench.table import machine as facts

PARTS: dict[str, Callable[[Plan], list[Figure]]] = {
    "report": report.measure,
    "pages": pages.measure,
    "desk": desk.measure,
    "board": board.measure,
    "lives": lives.measure,
    "embedded": still.embedded,
    "sweep": still.sweep,
    "locate": still.locate,
    "loading": still.loading,
    "memory": still.memory,
    "sizes": still.sizes,
}


def plan_of(arguments: argparse.Namespace) -> Plan:
    """What is measured on, and how long."""
    count = arguments.big
    name = f"{count // 1_000_000}m" if count >= 1_000_000 else f"{count // 1_000}k"
    if arguments.quick:
        return Plan("10k", name, count, rounds=3, seconds=3.0, loaded=20_000)
    return Plan("10k", name, count, rounds=5, seconds=10.0, loaded=60_000)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter rounds, fewer rows: a few minutes")
    parser.add_argument("--big", type=int, default=1_000_000, help="cases of the big database")
    parser.add_argument("--only", default="", help=f"some of {','.join(PARTS)}")
    parser.add_argument("--drop", action="store_true", help="remove the databases at the end")
    parser.add_argument(
        "--statements",
        action="store_true",
        help="also print what PostgreSQL spent its time on in the big database",
    )
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md as it is")
    return parser.parse_args()


def measure(plan: Plan, chosen: list[str]) -> tuple[Table, bool]:
    """All chosen parts; one that fails does not keep the others from being measured."""
    table, whole = Table(), True
    table.settings = {
        **facts(),
        "PostgreSQL": machine.server_settings(),
        "web": machine.procfile()["web"].partition("--bind")[0].strip(),
        "sizes": f"small {data.cases_in(plan.small):,}, big {data.cases_in(plan.big):,} cases",
        "rounds": f"{plan.rounds} of {plan.seconds:.0f} s",
    }
    for name in chosen:
        sys.stderr.write(f"… {name}\n")
        try:
            table.add(*PARTS[name](plan))
        except (machine.Failed, OSError, ValueError, KeyError, IndexError) as error:
            whole = False
            table.add(Figure(name, "not measured", "", "", None, f"{type(error).__name__}: {error}"[:200]))
    return table, whole


def main() -> int:
    """Prepare, measure, tell."""
    # Asked to end, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(2))
    arguments = parsed()
    plan = plan_of(arguments)
    chosen = [name for name in arguments.only.split(",") if name] or list(PARTS)
    data.demo()
    data.sized(plan.small, 10_000)
    data.sized(plan.big, plan.big_count)
    if arguments.statements:
        statements.begin(plan.big)
    table, whole = measure(plan, chosen)
    sys.stdout.write(table.text())
    if arguments.statements:
        sys.stdout.write("\n" + statements.table(plan.big))
    if not arguments.no_write and chosen == list(PARTS):
        table.write()
    if arguments.drop:
        for name in (plan.small, plan.big, "base"):
            machine.drop(name)
    for missed in table.missed:
        sys.stderr.write(f"missed: {missed.name}: {missed.measured} (target {missed.target})\n")
    return 2 if not whole else 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
