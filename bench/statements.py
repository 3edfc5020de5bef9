"""What PostgreSQL spends its time on while figures are taken: ``python -m bench --only lives --statements``.

Needs ``pg_stat_statements`` among the server's ``shared_preload_libraries``. Prints a table, statement by statement,
constants left out.
"""

import re

import psycopg2

from bench import machine

MOST = 25
_ASKED = """
    SELECT query, calls, total_exec_time + total_plan_time, shared_blks_hit + shared_blks_read, wal_bytes
    FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
    WHERE datname = current_database() ORDER BY 3 DESC
"""


def begin(name: str) -> None:
    """Count from now on in the run's database of this name.

    Raises:
        Failed: the server does not count.
    """
    try:
        with machine.asking(name) as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            cursor.execute("SELECT pg_stat_statements_reset()")
    except psycopg2.Error as error:
        raise machine.Failed(
            "PostgreSQL does not count statements: set shared_preload_libraries = 'pg_stat_statements' and "
            f"restart it ({str(error).strip()})"
        ) from error


def table(name: str) -> str:
    """The statements that took longest, as Markdown; shares of the time of all, milliseconds and pages per call."""
    with machine.asking(name) as cursor:
        cursor.execute(_ASKED)
        rows = cursor.fetchall()
    whole = sum(row[2] for row in rows)
    lines = ["| share | calls | ms | pages | WAL | statement |", "| --- | --- | --- | --- | --- | --- |"]
    for query, calls, spent, pages, wal in rows[:MOST]:
        lines.append(
            f"| {spent / whole:.1%} | {calls:,} | {spent / calls:.3f} | {pages / calls:.0f} "
            f"| {float(wal) / calls:.0f} B | `{_short(query)}` |"
        )
    return "\n".join([f"{whole:,.0f} ms in {sum(row[1] for row in rows):,} statements", "", *lines, ""])


def _short(query: str) -> str:
    """Enough of the statement to know it again."""
    plain = re.sub(r"\s+", " ", query).replace('"', "").replace("|", "")
    plain = re.sub(r"SELECT .{60,}? FROM", "SELECT … FROM", plain)
    return re.sub(r"\(([a-z_]+, ){3}.*?\)", "(…)", plain)[:110]
