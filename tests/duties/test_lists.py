"""Duty lists: the article's counts, versions by date, and that what is published stays as it is."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from duties import actions
from duties.exceptions import (
    AlreadyPublished,
    CodeTaken,
    EmptyList,
    WrongOrder,
)
from duties.figures import demo_lists
from duties.models import DutyItem, DutyList
from tests.duties.makers import AT, department, journaled, sheet
from yuhu.journal.actions import SYSTEM
from yuhu.kit.excel.lines import RowsRefused
from yuhu.kit.exceptions import Invalid
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db
Kind = DutyList.Kind
ON = dt.date(2022, 11, 22)
WITH_POST = Scope(person=1, has_post=True)


@pytest.fixture
def loaded() -> list[DutyList]:
    return actions.load_lists(at=AT, actor=SYSTEM)


def draft(kind: str = Kind.RESPONSIBILITY, effective_from: dt.date = ON, **more) -> DutyList:
    rows = more.pop("rows", sheet(("R1", "巡查"), ("R2", "走访")))
    return actions.import_list(
        kind=kind, effective_from=effective_from, rows=rows, source="雨办发〔2022〕1号", at=AT, actor=SYSTEM
    )


def publish(duty_list: DutyList) -> DutyList:
    return actions.publish_list(list_id=duty_list.pk, at=AT, actor=SYSTEM)


@pytest.mark.parametrize(
    ("kind", "categories", "items"),
    [
        (Kind.RESPONSIBILITY, 13, 35),
        (Kind.COOPERATION, 10, 21),
        (Kind.SELF_GOVERNANCE, 0, 20),
        (Kind.ASSIST, 0, 30),
        (Kind.NEGATIVE, 0, 8),
        (Kind.MEASURE, 0, 8),
    ],
)
def test_each_list_has_the_counts_of_the_article(loaded, kind: str, categories: int, items: int) -> None:
    found = DutyItem.objects.in_force(ON).filter(list__kind=kind)
    assert found.count() == items
    assert set(found.values_list("number", flat=True)) == set(range(1, items + 1))
    named = set(found.values_list("category_number", "category_code", "category").order_by())
    assert len(named - {(None, "", "")}) == categories


def test_an_item_names_its_lead_its_office_and_its_platform(loaded) -> None:
    item = DutyItem.objects.in_force(ON).get(code="C0201")
    assert item.name == "违法建设巡查报告和拆除配合"
    assert item.lead == "区城市管理和综合执法局"
    assert (item.office, item.office_code) == ("城市管理办", "city_management_office")
    assert item.platform_code == "rapid_response"
    assert item.cooperating == "市自然资源和规划局雨湖分局"
    assert item.list.department_leads


def test_the_street_itself_leads_on_its_responsibility_list(loaded) -> None:
    assert not DutyItem.objects.get(code="R1101").list.department_leads


def test_demo_lists_say_so_and_standard_rows_do_not(loaded) -> None:
    assert demo_lists(ON).count() == 6
    assert DutyItem.objects.get(code="R1101").is_demo
    assert not DutyItem.objects.get(code="N01").is_demo


def test_departments_that_exist_are_linked_when_the_lists_are_loaded() -> None:
    bureau = department("区应急管理局", "D01")
    actions.load_lists(at=AT, actor=SYSTEM)
    assert DutyItem.objects.get(code="C0401").lead_unit == bureau
    assert DutyItem.objects.get(code="B08").lead_unit == bureau
    assert DutyItem.objects.get(code="C0402").lead_unit is None


def test_departments_that_come_later_are_linked_by_loading_again(loaded) -> None:
    bureau = department("区应急管理局", "D01")
    assert actions.load_lists(at=AT, actor=SYSTEM) == []
    assert DutyItem.objects.get(code="C0401").lead_unit == bureau
    assert actions.link_departments(at=AT, actor=SYSTEM) == 0
    assert journaled("duty_list.departments") == ["duty_list.departments_linked"]


def test_a_name_that_two_departments_share_is_linked_to_neither(loaded) -> None:
    for code in ("D01", "D02"):
        department("区应急管理局", code)
    assert actions.link_departments(at=AT, actor=SYSTEM) == 0


def test_loading_twice_changes_nothing_and_is_journaled_once(loaded) -> None:
    before = journaled("duty_list")
    assert before == ["duty_list.imported", "duty_list.published"] * 6
    assert actions.load_lists(at=AT, actor=SYSTEM) == []
    assert (DutyList.objects.count(), DutyItem.objects.count()) == (6, 122)
    assert journaled("duty_list") == before


def test_loading_leaves_a_kind_alone_that_the_district_has_already() -> None:
    publish(draft(Kind.NEGATIVE, rows=sheet(("N1", "不得摊派"))))
    made = actions.load_lists(at=AT, actor=SYSTEM)
    assert Kind.NEGATIVE not in {one.kind for one in made}
    assert DutyItem.objects.filter(list__kind=Kind.NEGATIVE).count() == 1


def test_a_draft_is_not_in_force_before_it_is_published() -> None:
    one = draft()
    assert (one.version, one.is_published) == (1, False)
    assert not DutyList.objects.in_force(ON).exists()
    assert not DutyItem.objects.in_force(ON).exists()
    publish(one)
    assert list(DutyList.objects.in_force(ON)) == [one]
    assert DutyItem.objects.in_force(ON).count() == 2


def test_each_day_has_the_version_that_counted_then() -> None:
    old = publish(draft(effective_from=dt.date(2022, 1, 1)))
    new = publish(draft(effective_from=dt.date(2023, 3, 1), rows=sheet(("R1", "巡查(新)"))))
    assert not DutyList.objects.in_force(dt.date(2021, 12, 31)).exists()
    assert DutyList.objects.in_force(dt.date(2022, 1, 1)).get() == old
    assert DutyList.objects.in_force(dt.date(2023, 2, 28)).get() == old
    assert DutyList.objects.in_force(dt.date(2023, 3, 1)).get() == new
    assert DutyItem.objects.in_force(dt.date(2023, 3, 1)).get(code="R1").name == "巡查(新)"
    assert (old.version, new.version) == (1, 2)


def test_an_unpublished_newer_version_does_not_end_the_old_one() -> None:
    old = publish(draft(effective_from=dt.date(2022, 1, 1)))
    draft(effective_from=dt.date(2022, 2, 1))
    assert DutyList.objects.in_force(ON).get() == old


def test_versions_of_one_kind_leave_the_other_kinds_alone() -> None:
    publish(draft(Kind.RESPONSIBILITY, dt.date(2022, 1, 1)))
    publish(draft(Kind.COOPERATION, dt.date(2022, 2, 1), rows=sheet(("C1", "配合"))))
    assert DutyList.objects.in_force(ON).count() == 2


def test_nothing_of_a_published_list_can_be_changed() -> None:
    one = publish(draft())
    item = one.items.get(code="R1")
    with pytest.raises(AlreadyPublished):
        actions.change_item(item_id=item.pk, changes={"name": "别的"}, at=AT, actor=SYSTEM)
    with pytest.raises(AlreadyPublished):
        actions.reschedule_draft(list_id=one.pk, effective_from=ON, source="x", at=AT, actor=SYSTEM)
    with pytest.raises(AlreadyPublished):
        actions.discard_draft(list_id=one.pk, at=AT, actor=SYSTEM)
    with pytest.raises(AlreadyPublished):
        publish(one)
    item.refresh_from_db()
    assert item.name == "巡查"


def test_a_draft_can_be_corrected_moved_and_discarded() -> None:
    one = draft()
    item = actions.change_item(
        item_id=one.items.get(code="R1").pk, changes={"name": "日常巡查"}, at=AT, actor=SYSTEM
    )
    assert DutyItem.objects.get(pk=item.pk).name == "日常巡查"
    moved = actions.reschedule_draft(
        list_id=one.pk, effective_from=dt.date(2023, 1, 1), source="新文件", at=AT, actor=SYSTEM
    )
    assert DutyList.objects.get().effective_from == moved.effective_from == dt.date(2023, 1, 1)
    actions.discard_draft(list_id=one.pk, at=AT, actor=SYSTEM)
    assert not DutyList.objects.exists()
    assert not DutyItem.objects.exists()
    assert journaled("duty_list") == [
        "duty_list.imported",
        "duty_list.item_changed",
        "duty_list.rescheduled",
        "duty_list.discarded",
    ]


def test_the_code_of_an_item_cannot_be_changed_for_cases_name_it() -> None:
    one = draft()
    with pytest.raises(ValueError, match="code"):
        actions.change_item(item_id=one.items.get(code="R1").pk, changes={"code": "R9"}, at=AT, actor=SYSTEM)


@pytest.mark.parametrize("day", [dt.date(2022, 11, 21), ON])
def test_a_version_cannot_take_effect_before_its_predecessor(day: dt.date) -> None:
    publish(draft(effective_from=ON))
    with pytest.raises(WrongOrder):
        draft(effective_from=day)


def test_a_draft_moved_behind_a_newer_version_is_refused() -> None:
    publish(draft(effective_from=dt.date(2022, 1, 1)))
    newer = draft(effective_from=dt.date(2023, 1, 1))
    with pytest.raises(WrongOrder):
        actions.reschedule_draft(
            list_id=newer.pk, effective_from=dt.date(2021, 1, 1), source="x", at=AT, actor=SYSTEM
        )


def test_a_list_without_items_cannot_be_published() -> None:
    with pytest.raises(EmptyList):
        publish(draft(rows=[]))


def test_a_code_stands_in_one_list_only() -> None:
    publish(draft(Kind.RESPONSIBILITY))
    other = draft(Kind.COOPERATION)
    with pytest.raises(CodeTaken):
        publish(other)


def test_a_new_version_keeps_the_codes_of_the_old_one() -> None:
    publish(draft(effective_from=dt.date(2022, 1, 1)))
    assert publish(draft(effective_from=dt.date(2023, 1, 1))).version == 2


def test_a_sheet_with_faults_stores_nothing_and_names_each_row() -> None:
    rows = [
        *sheet(("R1", "巡查"), ("R1", "走访"), ("", "没有编码")),
        {"item_code": "R4", "item_zh": "长" * 201},
    ]
    with pytest.raises(RowsRefused) as refusal:
        draft(rows=rows)
    assert [(error.row, error.code) for error in refusal.value.errors] == [
        (3, "code"),
        (4, "code"),
        (5, "name"),
    ]
    assert not DutyList.objects.exists()


def test_a_list_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Invalid):
        draft("wishes")


def test_lists_are_open_to_everybody_with_a_post_and_drafts_to_nobody() -> None:
    one = publish(draft())
    draft(effective_from=dt.date(2023, 1, 1))
    assert list(DutyList.objects.within(WITH_POST)) == [one]
    assert set(DutyItem.objects.within(WITH_POST)) == set(one.items.all())
    for scope in (Scope.nothing(), Scope(person=1)):
        assert not DutyList.objects.within(scope).exists()
        assert not DutyItem.objects.within(scope).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 0},
        {"kind": ""},
        {"source": ""},
        {"version": 1},
        {"effective_from": ON},
    ],
    ids=str,
)
def test_the_database_refuses_lists_that_cannot_be(wrong: dict[str, object]) -> None:
    draft()
    fields = {"kind": Kind.RESPONSIBILITY, "version": 2, "effective_from": dt.date(2023, 1, 1), "source": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyList.objects.create(**{**fields, **wrong})
    assert DutyList.objects.create(**fields).pk


@pytest.mark.parametrize(
    "wrong", [{"code": "R1"}, {"number": 1}, {"code": ""}, {"name": ""}, {"number": 0}], ids=str
)
def test_the_database_refuses_items_that_cannot_be(wrong: dict[str, object]) -> None:
    fields = {"list": draft(), "code": "R3", "number": 3, "name": "走访"}
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyItem.objects.create(**{**fields, **wrong})
    assert DutyItem.objects.create(**fields).pk


def test_the_list_in_force_costs_one_query(loaded, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert len(DutyItem.objects.in_force(ON).select_related("list")) == 122
