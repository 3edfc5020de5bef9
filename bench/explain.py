"""``python -m bench.explain NAME``: how PostgreSQL answers the ten hottest queries in one of the run's databases.

The queries are caught where the product asks them (``bench.questions.hottest``) and asked again under
EXPLAIN (ANALYZE, BUFFERS). Prints a table with the indexes that were used, and with ``--plans`` the whole plans.
"""

import argparse
import re
import sys

from bench import data, machine

_TIME = re.compile(r"Execution Time: ([0-9.]+) ms")
_BUFFERS = re.compile(r"Buffers: shared (?:hit=(\d+))?(?: ?read=(\d+))?")
_INDEX = re.compile(r"(?:Index(?: Only)? Scan(?: Backward)? using|Bitmap Index Scan on) (\w+)")
_SEQ = re.compile(r"Seq Scan on (\w+)")


def row(name: str, plan: str) -> str:
    """One line of the table."""
    time, buffers = _TIME.search(plan), _BUFFERS.search(plan)
    pages = sum(int(number or 0) for number in buffers.groups()) if buffers else 0
    done = "\n".join(line for line in plan.splitlines() if "never executed" not in line)
    used = ", ".join(dict.fromkeys(f"`{index}`" for index in _INDEX.findall(done)))
    read = ", ".join(dict.fromkeys(f"all of `{table}`" for table in _SEQ.findall(done)))
    milliseconds = f"{float(time[1]):.2f} ms" if time else "?"
    return f"| {name} | {milliseconds} | {pages:,} | {', '.join(part for part in (used, read) if part)} |"


def main() -> int:
    """Ask and print."""
    parser = argparse.ArgumentParser(prog="bench.explain", description=__doc__)
    parser.add_argument("name", help="database of the run, such as 10k, 1m, 10m")
    parser.add_argument(
        "--make", type=int, default=0, help="first fill it up to so many cases, without history"
    )
    parser.add_argument("--drop", action="store_true", help="remove it afterwards")
    parser.add_argument("--plans", action="store_true", help="print the whole plans as well")
    arguments = parser.parse_args()
    if arguments.make:
        data.demo()
        data.sized(arguments.name, arguments.make, history=False)
    plans = machine.inside(arguments.name, "hottest")
    sys.stdout.write(f"{data.cases_in(arguments.name):,} cases; PostgreSQL {machine.server_settings()}\n\n")
    sys.stdout.write("| query | time | pages | read through |\n| --- | --- | --- | --- |\n")
    for name, plan in plans.items():
        sys.stdout.write(row(name, plan) + "\n")
    if arguments.plans:
        for name, plan in plans.items():
            sys.stdout.write(f"\n{name}\n{plan}\n")
    if arguments.drop:
        machine.drop(arguments.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
