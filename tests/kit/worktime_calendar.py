"""The calendar of the demo as plain data, for tests of the pure arithmetic."""

import csv
import datetime as dt
from pathlib import Path

from yuhu.kit.worktime import Calendar, Window

HOLIDAYS = Path(__file__).parents[2] / "duties" / "data" / "holidays_cn_2020_2026.csv"
FIRST = dt.date(2020, 1, 1)
WINDOWS = (
    Window(FIRST, "07-01", "09-30", dt.time(9), dt.time(12)),
    Window(FIRST, "07-01", "09-30", dt.time(13, 30), dt.time(17, 30)),
    Window(FIRST, "10-01", "06-30", dt.time(9), dt.time(12)),
    Window(FIRST, "10-01", "06-30", dt.time(13), dt.time(17)),
)

with HOLIDAYS.open(encoding="utf-8", newline="") as rows:
    DAYS = {dt.date.fromisoformat(row["date"]): row["day_type"] == "work" for row in csv.DictReader(rows)}


def demo_calendar() -> Calendar:
    """Holidays of 2020 to 2026, summer and winter hours of Xiangtan."""
    return Calendar(DAYS, WINDOWS, frozenset(range(2020, 2027)))
