"""What a drill's system is loaded with, run inside of it: the named cast of ``tests.world``, with limits that end soon.

Clocks of minutes and seconds, so that warnings, escalations and closings without a rating really come while something
is broken. Leaves to others: starting the processes (``machines``).
"""

import datetime as dt
import json
from decimal import Decimal
from unittest import mock

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.test import override_settings

from blocks.models import Block
from cases.models import Category
from duties.models import LimitUnit, StepLimit
from staffing.models import User
from tests import world
from yuhu.delivery.actions import fan_out
from yuhu.journal.actions import relay
from yuhu.kit import clock

PASSWORD = "drill-yuhu-2026"
# In the system's folder of data: the key of a session for each person.
SESSIONS = "drill-sessions.json"
# Seconds until an order is late, as a part of minutes.
HANDLE_MINUTES = Decimal("0.25")


def load() -> None:
    """Load the cast into an empty, migrated database; what it recorded is fed and announced already."""
    now = clock.now()
    with (
        override_settings(STEP_TRANSPORT="yuhu.kit.steps.run_nowhere"),
        mock.patch.object(world, "AT", now),
    ):
        world.build()
    password = make_password(PASSWORD)
    for user in User.objects.all():
        user.password, user.email = password, f"{user.username}@drill.example"
        user.save(update_fields=["password", "email"])
    StepLimit.objects.update(amount=1, unit=LimitUnit.NATURAL_MINUTE)
    Category.objects.filter(parent__isnull=False).update(
        limit_amount=HANDLE_MINUTES, limit_unit=LimitUnit.NATURAL_MINUTE, contact_hours=Decimal("0.01")
    )
    while relay(at=now):
        pass
    while fan_out(at=now):
        pass
    sessions = {user.username: _session_of(user) for user in User.objects.all()}
    (settings.VAR_DIR / SESSIONS).write_text(json.dumps(sessions), encoding="utf-8")


def _session_of(user: User) -> str:
    """The key of a session in which the person is logged in: what the log-in page makes, without its hashing."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def begin(count: int, seconds: int) -> None:
    """``count`` cases that were there before the drill, without any hint to a worker; what they wait for comes due
    within the next ``seconds``: a dispatch, a resumption, a closing without a rating, warnings and escalations."""
    now, spread = clock.now(), dt.timedelta(seconds=seconds)
    cast = world.World({user.username: user for user in User.objects.all()})
    cast.blocks = {"b1": Block.objects.in_force(now.date()).get(code="43030200100101")}
    with override_settings(STEP_TRANSPORT="yuhu.kit.steps.run_nowhere"):
        for index in range(count):
            # A closing comes a minute after the evaluation.
            earlier = now - dt.timedelta(seconds=60) + spread * index / count
            match index % 4:
                case 0:
                    world.a_report(cast, at=now)
                case 1:
                    before, until = now - dt.timedelta(days=3), now - dt.timedelta(days=1)
                    world.a_suspended(cast, at=before, until=f"{clock.local_date(until)}")
                case 2:
                    world.an_evaluated(cast, at=earlier)
                case _:
                    world.a_signed(cast, at=now)
