"""What the tests of whistles ask: times on the district's clock, who sees a case, what was told."""

import datetime as dt

from cases.models import Case, Whistle
from staffing.policies import scope_of
from tests.cases.whistle_makers import (
    case_of,
)
from tests.world import AT, World, kinds_of
from yuhu.kit import clock

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


def local(at: dt.datetime | None) -> str:
    assert at is not None
    return clock.local(at).strftime("%m-%d %H:%M")


def sees(world: World, name: str, case: Case) -> bool:
    scope = scope_of(world.people[name], clock.local_date(AT))
    return Case.objects.within(scope).filter(pk=case.pk).exists()


def whistled(whistle: Whistle) -> list[str]:
    return [kind for kind in kinds_of(case_of(whistle)) if kind.startswith("case.whistle_")]
