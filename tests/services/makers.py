"""Small makers for the tests of the catalogue: moments, contents, people of the desk."""

import datetime as dt
from dataclasses import replace
from typing import Any

from blocks.models import District
from services import actions
from services.catalogue import Content
from services.models import ServiceItem
from staffing.models import Membership, Unit, User
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock

AT = dt.datetime(2022, 11, 22, 2, 0, tzinfo=dt.UTC)
TODAY = dt.date(2022, 11, 22)

PLAIN = Content(
    name="老年食堂就餐补贴",
    domain="elder_care",
    domain_name="养老服务",
    eligible="年满70周岁的老年人",
    materials=("身份证", "照片"),
    acceptance_level="community",
    deciding_department="区民政局",
    promised_limit_amount=5,
    promised_limit_unit="working_day",
    source="demo",
    agent_help="yes",
    agent_modes=("collect",),
)


def content(**changes: Any) -> Content:
    """A version that may be published, with changes."""
    return replace(PLAIN, **changes)


def publish(
    code: str = "S90", effective_from: dt.date = TODAY, at: dt.datetime = AT, **changes: Any
) -> ServiceItem:
    """Publish a version on the day of ``AT``, or on another one."""
    return actions.publish_item_version(
        code=code, content=content(**changes), effective_from=effective_from, at=at, actor=SYSTEM
    )


def loaded() -> list[ServiceItem]:
    """The catalogue that comes with the system, in force since 2022."""
    return actions.load_catalogue(at=AT, actor=SYSTEM)


def person(role: str, username: str = "chen") -> User:
    """Somebody of the district's desk."""
    district, _created = District.objects.get_or_create(
        code="430302", defaults={"name": "雨湖区", "source": "standard"}
    )
    unit, _created = Unit.objects.get_or_create(
        code="430302", defaults={"name": "雨湖区", "kind": Unit.Kind.DISTRICT, "district": district}
    )
    user: User = User.objects.create_user(username, name="陈晨", is_staff=True)
    Membership.objects.create(unit=unit, user=user, role=role, starts_on=clock.today())
    return user
