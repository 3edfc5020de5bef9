"""Claims that expire: one worker at a time holds a row, and a killed worker holds it no longer than its lease.

A claim is one UPDATE; its token grows with each claim (a fencing token), and whoever finishes work names the
token, so a worker that slept past its lease cannot overwrite the work of the next.
"""

import datetime as dt
from typing import Any

from django.db.models import F, Model, Q, QuerySet


def claim(rows: "QuerySet[Any]", *, pk: int, at: dt.datetime, seconds: int) -> int | None:
    """Claim row ``pk`` of ``rows`` (fields ``lease_until``, ``lease_token``) until ``at`` + ``seconds``.

    Returns the fencing token, or None when somebody else holds it.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    until = at + dt.timedelta(seconds=seconds)
    if rows.filter(free, pk=pk).update(lease_until=until, lease_token=F("lease_token") + 1) != 1:
        return None
    token: int | None = (
        rows.model._default_manager.filter(pk=pk, lease_until=until)
        .values_list("lease_token", flat=True)
        .first()
    )
    return token


def release(model: type[Model], *, pk: int, token: int, **changes: object) -> bool:
    """Write ``changes`` and give the row back, if the token is still ours. Returns whether it was."""
    rows = model._default_manager.filter(pk=pk, lease_token=token)
    return rows.update(lease_until=None, **changes) == 1
