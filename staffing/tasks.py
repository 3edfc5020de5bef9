"""What happens by itself: a roster change that was planned for a day takes effect when the day comes."""

import datetime as dt

from django.db import transaction

from staffing.actions.roster import tell
from staffing.models import Tenure
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock, steps

# How far back a process looks when it starts: nobody may have been running on the day itself.
LOOK_BACK = dt.timedelta(days=31)
_told: dt.date | None = None


def sweep_roster(at: dt.datetime) -> int:
    """Tell the listeners of every tenure that began since this process last looked. Telling twice changes nothing."""
    global _told  # noqa: PLW0603 - what this process has done already; another one may do it again, harmlessly
    today = clock.local_date(at)
    if _told == today:
        return 0
    since = _told + dt.timedelta(days=1) if _told else today - LOOK_BACK
    rows = Tenure.objects.filter(starts_on__gte=since, starts_on__lte=today)
    keys = list(rows.order_by("starts_on", "pk").values_list("pk", flat=True))
    done = steps.each("staffing.roster", keys, lambda pk: _tell(pk, at))
    _told = today
    return done


def _tell(pk: int, at: dt.datetime) -> bool:
    with transaction.atomic():
        tenure = Tenure.objects.select_related("block").get(pk=pk)
        tell(tenure.block, tenure.post, at, SYSTEM)
    return True


def register() -> None:
    """Make the sweep known (apps.ready)."""
    steps.register_sweep("staffing.roster", sweep_roster)
