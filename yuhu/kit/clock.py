"""The clock: times in UTC, days of the local calendar. Only doors and sweeps read it; rules get ``at`` passed in."""

import datetime as dt
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def local(at: dt.datetime) -> dt.datetime:
    """``at`` as the wall clock in the district shows it."""
    return at.astimezone(LOCAL)


def local_date(at: dt.datetime) -> dt.date:
    """The district's calendar day at ``at``."""
    return local(at).date()


def today() -> dt.date:
    """The district's present calendar day."""
    return local_date(now())


def day_start(on: dt.date) -> dt.datetime:
    """The first moment of the local day ``on``, in UTC."""
    return dt.datetime.combine(on, dt.time.min, tzinfo=LOCAL).astimezone(dt.UTC)
