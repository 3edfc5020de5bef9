"""Admission of tasks: what the lists say at once, who decides, numbers without gaps, and what counts as admitted."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from blocks.models import Street
from duties.actions import (
    Resources,
    approve_admission,
    decline_admission,
    erase_admission,
    refer_admission,
    supplement_admission,
    withdraw_admission,
)
from duties.exceptions import AskedAlready, LooksListed, NotNow
from duties.figures import admission_rate, by_department
from duties.models import Admission, DutyItem
from duties.tasks import sweep_ending
from staffing.models import Membership, Unit
from staffing.policies import scope_of
from tests.delivery.makers import feed, told
from tests.duties.admission_makers import (
    DAY,
    FULL,
    TITLE,
    TODAY,
    a_task,
    approved,
    asked,
    declined,
    entries,
    market,
    seat,
    who,
)
from tests.world import AT, OTHER_STREET, STREET, World
from yuhu.kit.exceptions import Forbidden, Invalid
from yuhu.kit.scope import Scope

State = Admission.State
YEAR = dt.date(2026, 1, 1), dt.date(2027, 1, 1)


def item(code: str) -> DutyItem:
    return DutyItem.objects.in_force(TODAY).get(code=code)


# The check against the lists.


def test_what_stands_on_no_list_waits_ten_working_days_for_the_district(world: World) -> None:
    row = asked(world)
    assert row.state == State.SUBMITTED
    assert row.item is None
    assert (row.due_at.date(), row.code) == (dt.date(2026, 12, 8), "")
    entry = entries("admission.submitted")[0]
    assert entry.data["tell"] == [world.leader.pk]
    assert TITLE not in str(entry.data)
    assert "底数" not in str(entry.data)


def test_the_limit_is_a_setting(world: World, settings) -> None:
    settings.ADMISSION_DECISION_DAYS = 3
    assert asked(world).due_at.date() == dt.date(2026, 11, 27)


def test_an_item_that_the_department_names_makes_admission_needless(world: World) -> None:
    row = asked(world, item=item("C0501"))
    assert (row.state, row.item) == (State.REFERENCED, item("C0501"))
    assert entries("admission.referenced")[0].data["item"] == "C0501"


def test_the_words_of_an_item_name_it_by_themselves(world: World) -> None:
    row = asked(world, title="食品药品安全巡查配合", none_covers=True)
    assert (row.state, row.item) == (State.REFERENCED, item("C0501"))


def test_what_the_negative_list_forbids_is_refused_with_its_item(world: World) -> None:
    row = asked(world, level="community", proposed_kind="assist", item=item("N07"))
    assert (row.state, row.item) == (State.REFUSED, item("N07"))


def test_the_words_of_the_negative_list_refuse_by_themselves(world: World) -> None:
    row = asked(
        world,
        title="要求社区出具清单外的证明和盖章",
        level="community",
        proposed_kind="assist",
        none_covers=True,
    )
    assert (row.state, row.item) == (State.REFUSED, item("N07"))


def test_similar_items_are_named_and_must_be_looked_at(world: World) -> None:
    with pytest.raises(LooksListed) as refusal:
        asked(world, title="消防安全巡查")
    assert "C0501" in str(refusal.value)
    assert refusal.value.field == "none_covers"
    assert not Admission.objects.exists()
    assert asked(world, title="消防安全巡查", none_covers=True).state == State.SUBMITTED


def test_what_is_admitted_already_is_named_too(world: World) -> None:
    approved(world)
    with pytest.raises(LooksListed, match="准入〔2026〕1号"):
        asked(world)


def test_a_community_list_covers_no_task_of_streets(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        asked(world, item=item("B07"))
    assert refusal.value.field == "item"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 101}, "title"),
        ({"reason": ""}, "reason"),
        ({"reason": "坏\x00字"}, "reason"),
        ({"basis": ""}, "basis"),
        ({"level": "village"}, "level"),
        ({"proposed_kind": "assist"}, "proposed_kind"),
        ({"level": "community", "proposed_kind": "negative"}, "proposed_kind"),
        ({"last_on": TODAY - DAY}, "last_on"),
        ({"starts_on": TODAY - 9 * DAY, "last_on": TODAY - DAY}, "last_on"),
        ({"resources": Resources(0)}, "people_note"),
        ({"resources": Resources(1, "", Decimal(0))}, "amount_note"),
        ({"resources": Resources(-1)}, "people"),
        ({"resources": Resources(1, "", Decimal(-1))}, "amount"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_beside_its_field(world: World, wrong, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        asked(world, **wrong)
    assert refusal.value.field == field
    assert not Admission.objects.exists()


def test_asked_twice_it_waits_once(world: World) -> None:
    asked(world)
    with pytest.raises(AskedAlready):
        asked(world)
    assert len(entries("admission.submitted")) == 1
    asked(world, title="公筷公勺检查", item=item("C0501"))
    with pytest.raises(AskedAlready):
        asked(world, title="公筷公勺检查", item=item("C0501"))


def test_nobody_asks_for_another_department(world: World) -> None:
    other = Unit.objects.get(name="区应急管理局")
    from duties.actions import submit_admission

    with pytest.raises(Forbidden):
        submit_admission(unit=other, task=a_task(), resources=FULL, **who(world.department))


# The decision.


def test_an_approval_has_number_days_and_conditions(world: World) -> None:
    row = approved(world, last_on=TODAY + 30 * DAY)
    assert (row.code, row.state) == ("准入〔2026〕1号", State.APPROVED)
    assert (row.granted_from, row.granted_until) == (TODAY, TODAY + 30 * DAY)
    entry = entries("admission.approved")[0]
    assert (entry.data["number"], entry.data["units"]) == (1, [market().code])
    assert "经费" not in str(entry.data)


def test_numbers_run_over_both_kinds_of_decision_and_begin_again_each_year(world: World) -> None:
    assert approved(world).code == "准入〔2026〕1号"
    assert declined(world, title="投诉小程序注册推广任务").code == "准入〔2026〕2号"
    # In Xiangtan it is the new year already.
    new_year = dt.datetime(2026, 12, 31, 17, 0, tzinfo=dt.UTC)
    row = asked(world, title="公筷公勺检查", starts_on=dt.date(2027, 1, 1), last_on=dt.date(2027, 6, 1))
    row = decline_admission(admission=row, reason="无依据", **who(world.leader, new_year))
    assert row.code == "准入〔2027〕1号"


def test_a_refused_decision_takes_no_number(world: World) -> None:
    row = asked(world)
    with pytest.raises(Invalid):
        decline_admission(admission=row, reason=" ", **who(world.leader))
    assert declined(world, title="公筷公勺检查").number == 1


@pytest.mark.parametrize(
    "resources",
    [Resources(), Resources(3, "", None), Resources(None, "", Decimal(1))],
    ids=["nothing", "no money", "no people"],
)
def test_nothing_is_admitted_before_people_and_money_are_stated(world: World, resources: Resources) -> None:
    row = asked(world, resources=resources)
    days: dict[str, Any] = {"conditions": "", "starts_on": TODAY, "last_on": TODAY + DAY}
    with pytest.raises(NotNow):
        approve_admission(admission=row, **days, **who(world.leader))
    none = Resources(0, "社区现有力量即可", Decimal(0), "无需印制材料")
    supplement_admission(admission=row, resources=none, reason="补充说明", **who(world.department))
    assert approve_admission(admission=row, **days, **who(world.leader)).number == 1


@pytest.mark.parametrize(
    "name", ["department", "department_head", "streetleader", "auditor", "admin", "dispatcher"]
)
def test_others_than_the_district_decide_nothing(world: World, name: str) -> None:
    row = asked(world)
    with pytest.raises(Forbidden):
        decline_admission(admission=row, reason="不同意", **who(world.people[name]))
    row.refresh_from_db()
    assert row.state == State.SUBMITTED


def test_the_duty_officer_of_the_district_decides_too(world: World) -> None:
    seat(Unit.objects.get(kind="district"), world.stand_in, Membership.Role.DUTY_OFFICER)
    assert decline_admission(admission=asked(world), reason="不同意", **who(world.stand_in)).number == 1


def test_whoever_sits_in_the_department_too_does_not_decide_and_is_not_told(world: World) -> None:
    seat(market(), world.leader)
    row = asked(world)
    with pytest.raises(Forbidden) as refusal:
        decline_admission(admission=row, reason="不同意", **who(world.leader))
    assert refusal.value.code == "own_matter"
    assert entries("admission.submitted")[0].data["tell"] == []


def test_what_is_decided_is_decided_once(world: World) -> None:
    row = declined(world)
    with pytest.raises(NotNow):
        decline_admission(admission=row, reason="再来", **who(world.leader))
    with pytest.raises(NotNow):
        withdraw_admission(admission=row, **who(world.department))
    with pytest.raises(NotNow):
        supplement_admission(admission=row, resources=FULL, reason="补", **who(world.department))
    assert len(entries("admission.declined")) == 1


def test_the_department_withdraws_and_may_ask_again(world: World) -> None:
    row = withdraw_admission(admission=asked(world), **who(world.department_head))
    assert row.state == State.WITHDRAWN
    assert asked(world).state == State.SUBMITTED


def test_the_owner_points_to_an_item(world: World) -> None:
    row = refer_admission(admission=asked(world), item=item("C0501"), **who(world.leader))
    assert (row.state, row.item, row.number) == (State.REFERENCED, item("C0501"), None)
    with pytest.raises(Invalid):
        refer_admission(admission=asked(world, title="公筷公勺检查"), item=item("B07"), **who(world.leader))


# What is admitted.


def test_it_counts_from_its_first_to_its_last_day(world: World) -> None:
    row = approved(world, starts_on=TODAY + DAY, last_on=TODAY + 3 * DAY)
    counts = [Admission.objects.admitted(TODAY + day * DAY).exists() for day in range(5)]
    assert counts == [False, True, True, True, False]
    assert (row.name, row.code) == (TITLE, "准入〔2026〕1号")


def test_it_counts_in_its_streets_only(world: World) -> None:
    row = approved(world, streets=[Street.objects.get(code=STREET)])
    everywhere = approved(world, title="养犬登记采集")
    here, there = (Admission.objects.admitted(TODAY).for_street(code) for code in (STREET, OTHER_STREET))
    assert set(here) == {row, everywhere}
    assert set(there) == {everywhere}


def test_its_end_is_told_once_thirty_days_before(world: World) -> None:
    approved(world, last_on=TODAY + 40 * DAY)
    assert sweep_ending(AT + 9 * DAY) == 0
    assert sweep_ending(AT + 10 * DAY) == 1
    assert sweep_ending(AT + 11 * DAY) == 0
    entry = entries("admission.ending")[0]
    assert (entry.data["on"], entry.data["units"]) == ("2027-01-03", [market().code])


def test_what_is_over_is_not_warned_of(world: World) -> None:
    approved(world, last_on=TODAY)
    assert sweep_ending(AT + 2 * DAY) == 0


# Notices, figures, erasure, the database.


def test_the_owner_hears_of_requests_and_the_department_of_decisions(world: World) -> None:
    approved(world)
    declined(world, title="投诉小程序注册推广任务")
    feed()
    people = {"department", "department_head"}
    assert told(world) == {
        "admission_asked": {"leader"},
        "admission_approved": people,
        "admission_declined": people,
    }


def test_a_request_that_the_lists_answer_tells_nobody(world: World) -> None:
    asked(world, item=item("C0501"))
    feed()
    assert told(world) == {}


def test_the_rate_is_approved_of_decided_with_both_numbers(world: World) -> None:
    scope = scope_of(world.leader, TODAY)
    assert admission_rate(scope, *YEAR).percent is None
    approved(world)
    declined(world, title="投诉小程序注册推广任务")
    declined(world, title="公筷公勺检查")
    asked(world, title="养犬登记采集")
    rate = admission_rate(scope, *YEAR)
    assert (rate.numerator.number, rate.denominator.number, str(rate.percent)) == (1, 3, "33.33")
    assert rate.denominator.query == "state=decided&year=2026"
    assert admission_rate(scope, TODAY + DAY, YEAR[1]).denominator.number == 0
    row = by_department(scope, *YEAR)[0]
    assert (row.name, row.admitted.denominator.number) == ("区市场监督管理局", 3)


def test_figures_cost_the_same_for_many(world: World) -> None:
    scope = scope_of(world.leader, TODAY)
    counts = []
    for title in ("养犬登记采集", "公筷公勺检查"):
        declined(world, title=title)
        with CaptureQueriesContext(connection) as asked_for:
            by_department(scope, *YEAR)
        counts.append(len(asked_for))
    assert counts == [2, 2]


def test_what_was_written_is_erased_after_the_end(world: World) -> None:
    row = approved(world, last_on=TODAY + DAY)
    with pytest.raises(NotNow):
        erase_admission(admission=row, **who(world.leader))
    row = erase_admission(admission=row, **who(world.leader, AT + 3 * DAY))
    kept = (
        Admission.objects.filter(pk=row.pk).values("reason", "basis", "people_note", "decision", "salt").get()
    )
    assert set(kept.values()) == {""}
    with pytest.raises(NotNow):
        erase_admission(admission=row, **who(world.leader, AT + 3 * DAY))


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "approved"},
        {"number": 7, "year": 2026},
        {"state": "refused"},
        {"title": ""},
        {"last_on": TODAY - DAY},
        {"granted_from": TODAY, "granted_until": TODAY},
        {"amount": Decimal(-1)},
    ],
    ids=str,
)
def test_the_database_keeps_a_request_whole(world: World, broken) -> None:
    row = asked(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Admission.objects.filter(pk=row.pk).update(**broken)


def test_a_number_is_given_once_and_nobody_decides_his_own(world: World) -> None:
    row, other = declined(world), declined(world, title="公筷公勺检查")
    for broken in ({"number": row.number}, {"decided_by": world.department}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Admission.objects.filter(pk=other.pk).update(**broken)


def test_the_register_is_for_everybody_with_a_post_and_the_rest_for_its_parties(world: World) -> None:
    waiting, published = asked(world), declined(world, title="公筷公勺检查")
    other = Unit.objects.get(name="区应急管理局")
    seat(other, world.stand_in)
    seen = {
        name: set(Admission.objects.within(scope_of(world.people[name], TODAY)))
        for name in ("department", "leader", "auditor", "stand_in", "streetleader", "governor", "stranger")
    }
    both, register = {waiting, published}, {published}
    assert seen == {
        **dict.fromkeys(("department", "leader", "auditor"), both),
        **dict.fromkeys(("stand_in", "streetleader", "governor"), register),
        "stranger": set(),
    }
    assert not Admission.objects.within(Scope.nothing()).exists()
