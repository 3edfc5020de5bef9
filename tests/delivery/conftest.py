"""Rows of the ledger that wait to be sent."""

import pytest

from staffing.models import User
from tests.delivery.makers import feed
from tests.world import World, a_dispatched, a_report
from yuhu.delivery.models import Delivery


@pytest.fixture
def sms(world: World) -> Delivery:
    """The answer to a report, waiting to be sent."""
    a_report(world)
    feed()
    return Delivery.objects.get(channel="sms")


@pytest.fixture
def letter(world: World) -> Delivery:
    """An e-mail to the governor, waiting to be sent."""
    User.objects.filter(pk=world.governor.pk).update(email="gao@example.org")
    a_dispatched(world)
    feed()
    return Delivery.objects.get(channel="email")
