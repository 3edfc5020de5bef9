"""Nobody signs or decides what says something else by now than what he or she has read."""

from decimal import Decimal
from typing import Any

import pytest

from duties import actions
from duties.actions import Resources, approve_admission, decline_admission, supplement_admission
from duties.exceptions import ReadAgain
from tests.duties.admission_makers import DAY, TODAY, asked, who
from tests.duties.hearings import an_open, row_of, said
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("verb", [approve_admission, decline_admission])
def test_nobody_decides_about_what_was_completed_since_it_was_read(world: World, verb: Any) -> None:
    row = asked(world)
    none = Resources(0, "无", Decimal(0), "无")
    supplement_admission(admission=row, resources=none, reason="补充说明", **who(world.department))
    said: dict[str, Any] = (
        {"conditions": "", "starts_on": TODAY, "last_on": TODAY + DAY}
        if verb is approve_admission
        else {"reason": "清单外事项"}
    )
    with pytest.raises(ReadAgain):
        verb(admission=row, seen=row.edition, **said, **who(world.leader))
    row.refresh_from_db()
    assert verb(admission=row, seen=row.edition, **said, **who(world.leader)).number == 1


def test_what_was_changed_since_it_was_read_is_not_signed_off(world: World) -> None:
    consultation = an_open(world)
    read = said(world, consultation, "coordinator", position="agree", comment="", proposal="")
    changed = said(world, consultation, "dispatcher", position="object", comment="占用消防通道", proposal="")
    with pytest.raises(ReadAgain):
        actions.sign_answer(answer=read, seen=read.edition, **who(world.streetleader))
    assert row_of(consultation).signed_at is None
    assert actions.sign_answer(answer=changed, seen=changed.edition, **who(world.streetleader)).signed_at
