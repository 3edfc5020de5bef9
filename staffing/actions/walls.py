"""A browser becomes a wall screen: written down, since its session outlives the idle limit (decision 0041).

Leaves to others: what such a session may still open (middleware), the page (yuhu.dashboard.board).
"""

import datetime as dt

from django.db import transaction

from staffing.models import User
from yuhu.journal.actions import Actor, record


@transaction.atomic
def open_wall(*, user: User, area: str, until: dt.datetime, at: dt.datetime, actor: Actor) -> None:
    """From now on this session shows the wall of ``area`` and nothing else, until the moment ``until``."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    data = {"area": area, "until": until.isoformat()}
    record(kind="user.opened_wall", subject=("user", locked.pk), at=at, actor=actor, data=data)
