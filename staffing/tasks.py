"""What happens by itself: accounts that nobody uses are closed, sheets that nobody applied are emptied, gaps
in a rota are warned of."""

import datetime as dt

from django.conf import settings

from staffing.actions import close_unused, forget_proposals, warn_of_gaps
from staffing.actions.importing import KEPT
from staffing.models import User
from yuhu.kit import steps

BATCH = 100


def sweep_unused(at: dt.datetime) -> int:
    """Close what was not used for ``UNUSED_ACCOUNT_DAYS``; 0 leaves everything open."""
    if not settings.UNUSED_ACCOUNT_DAYS:
        return 0
    since = at - dt.timedelta(days=settings.UNUSED_ACCOUNT_DAYS)
    keys = User.objects.unused(since).order_by("pk").values_list("pk", flat=True)[:BATCH]
    return steps.each(
        "staffing.unused", list(keys), lambda pk: close_unused(user_id=pk, unused_since=since, at=at)
    )


def sweep_proposals(at: dt.datetime) -> int:
    """Empty roster sheets that were not applied within a day."""
    return forget_proposals(before=at - KEPT, limit=BATCH)


def sweep_rota(at: dt.datetime) -> int:
    """Warn of hours of the next days that nobody covers."""
    return warn_of_gaps(at=at)


def register() -> None:
    """Make the sweeps known (apps.ready)."""
    steps.register_sweep("staffing.unused", sweep_unused)
    steps.register_sweep("staffing.proposals", sweep_proposals)
    steps.register_sweep("staffing.rota", sweep_rota)
