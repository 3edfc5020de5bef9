"""Versions of lists: compared, exported and read back, shown for any day, begun as a copy, published by a verb."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duties import actions
from duties.exceptions import AlreadyPublished, DraftThere, NumberTaken, WrongOrder
from duties.figures import comparison, item_rows, version_before
from duties.models import DutyItem, DutyList
from duties.sheets import ITEM_COLUMNS, ITEM_HEADINGS, read_items
from staffing.models import Membership
from tests.duties.makers import AT, journaled, sheet
from tests.duties.test_admin import page, person
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit import clock
from yuhu.kit.excel.reading import read_table
from yuhu.kit.excel.writing import Page, workbook
from yuhu.kit.exceptions import Invalid

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"at": AT, "actor": SYSTEM}
TRICKY = [
    {"item_code": "007", "item_zh": "=1+1", "basis_zh": "第一行\n第二行", "item_no": "9"},
    {"item_code": "1E5", "item_zh": "@巡查", "category_no": "2", "category_zh": "城市管理", "category_en": "city"},
    {"item_code": "R3", "item_zh": "走访；登门", "note": "甲", "basis_zh": "乙", "platform_code": "-x"},
    {"item_code": "20260101", "item_zh": "2026-01-01", "cooperating_departments_zh": "区民政局；区教育局"},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _november_2026(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC))


@pytest.fixture
def editor() -> Client:
    return person(Membership.Role.SYSTEM_ADMIN)


def version(year: int, *items: tuple[str, str], published: bool = True, **more: str) -> DutyList:
    rows = sheet(*(items or (("R1", "巡查"), ("R2", "走访"))), **more)
    day = dt.date(year, 1, 1)
    draft = actions.import_list(
        kind="responsibility", effective_from=day, rows=rows, source="雨办发〔2022〕1号", **WHO
    )
    return actions.publish_list(list_id=draft.pk, **WHO) if published else draft


def test_two_versions_are_compared_item_by_item_and_field_by_field() -> None:
    old = version(2022, ("R1", "巡查"), ("R2", "走访"), ("R3", "宣传"))
    new = version(2023, ("R1", "日常巡查"), ("R3", "宣传"), ("R4", "接待"))
    found = comparison(old, new)
    assert [item.code for item in found.added] == ["R4"]
    assert [item.code for item in found.removed] == ["R2"]
    assert [
        (one.after.code, [(field.before, field.after) for field in one.fields]) for one in found.changed
    ] == [
        ("R1", [("巡查", "日常巡查")]),
        ("R3", [("3", "2")]),
    ]
    assert (found.same, found.is_empty) == (0, False)


def test_a_version_does_not_differ_from_itself_and_the_first_one_is_all_new() -> None:
    one = version(2022)
    assert comparison(one, one).is_empty
    assert comparison(one, one).same == 2
    assert [item.code for item in comparison(None, one).added] == ["R1", "R2"]


def test_the_version_before_is_the_published_one_that_it_follows() -> None:
    first, second = version(2022), version(2023)
    draft = version(2024, published=False)
    assert [version_before(one) for one in (first, second, draft)] == [None, first, second]


def test_comparing_costs_two_queries_however_many_items_differ(django_assert_num_queries) -> None:
    old = version(2022, *((f"R{number}", "旧") for number in range(1, 30)))
    new = version(2023, *((f"R{number}", "新") for number in range(1, 30)))
    with django_assert_num_queries(2):
        assert len(comparison(old, new).changed) == 29


def reread(one: DutyList) -> list[Any]:
    file = io.BytesIO(workbook(Page(str(one), list(ITEM_HEADINGS.values()), item_rows(one))))
    lines = read_table(file, columns=ITEM_COLUMNS, needed=("code", "name")).lines
    items, errors = read_items(lines)
    assert errors == []
    return items


def test_what_is_exported_reads_back_the_same() -> None:
    one = actions.import_list(
        kind="assist", effective_from=dt.date(2022, 1, 1), rows=TRICKY, source="雨办发〔2022〕1号", **WHO
    )
    again = [vars(item) for item in reread(one)]
    names = list(ITEM_HEADINGS)
    assert again == [{name: getattr(item, name) for name in names} for item in one.items.order_by("number")]


@pytest.mark.parametrize("kind", DutyList.Kind.values)
def test_the_lists_of_the_project_survive_the_way_through_a_sheet(kind: str) -> None:
    actions.load_lists(**WHO)
    one = DutyList.objects.get(kind=kind)
    name = f"{kind}.xlsx"
    file = workbook(Page(name, list(ITEM_HEADINGS.values()), item_rows(one)))
    browser = person(Membership.Role.SYSTEM_ADMIN)
    fields = {"kind": kind, "effective_from": "2027-01-01", "source": "demo"}
    browser.post(page("dutylist", "add"), {**fields, "sheet": SimpleUploadedFile(name, file)})
    draft = DutyList.objects.drafts().get()
    assert comparison(one, draft).is_empty
    assert draft.items.count() == one.items.count()


def test_the_desk_gives_the_sheet_out_to_everybody_with_a_post_but_no_draft(editor: Client) -> None:
    one, draft = version(2022), version(2027, published=False)
    reader = person(Membership.Role.MEMBER)
    answer = reader.get(page("dutylist", "export", one.pk))
    assert answer.status_code == 200
    assert 'filename="responsibility-v1.xlsx"' in answer["Content-Disposition"]
    assert reader.get(page("dutylist", "export", draft.pk)).status_code == 403
    assert editor.get(page("dutylist", "export", draft.pk)).status_code == 200
    assert person(None).get(page("dutylist", "export", one.pk)).status_code == 403


def shown(browser: Client, model: str, **query: str) -> list[str]:
    answer = browser.get(page(model), query)
    assert answer.status_code == 200
    return [str(row) for row in answer.context["cl"].result_list]


@pytest.mark.parametrize(
    ("on", "lists", "item"),
    [
        ("", ["v2"], "R1 新"),
        ("2022-06-01", ["v1"], "R1 旧"),
        ("2021-12-31", [], None),
        ("2027-06-01", ["v3"], "R1 下一版"),
        ("all", ["v3", "v2", "v1"], "R1 旧"),
        ("2022-99-99", ["v2"], "R1 新"),
    ],
)
def test_the_desk_shows_what_was_in_force_on_a_day(
    editor, on: str, lists: list[str], item: str | None
) -> None:
    version(2022, ("R1", "旧"))
    version(2023, ("R1", "新"))
    version(2027, ("R1", "下一版"))
    query = {"on": on} if on else {}
    assert [name.rsplit(" ", 1)[1] for name in shown(editor, "dutylist", **query)] == lists
    items = shown(editor, "dutyitem", **query)
    assert (item in items) if item else items == []


def test_drafts_stand_under_their_own_choice_and_only_for_those_who_edit(editor: Client) -> None:
    version(2022)
    draft = version(2027, published=False)
    assert shown(editor, "dutylist", on="drafts") == [str(draft)]
    assert shown(editor, "dutyitem", on="drafts") == ["R1 巡查", "R2 走访"]
    reader = person(Membership.Role.MEMBER)
    assert shown(reader, "dutylist", on="drafts") == []
    assert shown(reader, "dutyitem", on="drafts") == []
    assert str(draft) not in shown(reader, "dutylist", on="all")


def test_the_first_page_counts_the_drafts_for_whoever_publishes_them(editor: Client) -> None:
    version(2027, published=False)
    found = [item for _label, items in editor.get("/admin/").context["day"] for item in items]
    [item] = [item for item in found if "dutylist" in item.url]
    assert item.number == len(editor.get(item.url).context["cl"].result_list) == 1
    other = person(Membership.Role.AUDITOR).get("/admin/").context["day"]
    assert not [item for _label, items in other for item in items if "dutylist" in item.url]


def test_the_page_of_a_draft_shows_what_it_changes_before_it_is_published(editor: Client) -> None:
    version(2022, ("R1", "巡查"), ("R2", "走访"))
    draft = version(2027, ("R1", "日常巡查"), ("R9", "接待"), published=False)
    answer = editor.get(page("dutylist", "change", draft.pk))
    found = answer.context["comparison"]
    assert (len(found.added), len(found.removed), len(found.changed)) == (1, 1, 1)
    text = answer.content.decode()
    assert "<del>巡查</del>" in text
    assert "<ins>日常巡查</ins>" in text
    assert {one.verb.name for one in answer.context["possible"]} == {
        "publish",
        "add_item",
        "reschedule",
        "discard",
    }


def test_a_published_list_offers_the_next_version_and_nothing_else(editor: Client) -> None:
    one = version(2022)
    answer = editor.get(page("dutylist", "change", one.pk))
    assert [shown.verb.name for shown in answer.context["possible"]] == ["start_draft"]
    assert answer.context["impossible"] == []
    reader = person(Membership.Role.MEMBER).get(page("dutylist", "change", one.pk))
    assert (reader.context["possible"], reader.context["impossible"]) == ([], [])


def test_two_versions_are_picked_and_shown_side_by_side(editor: Client) -> None:
    old, new = version(2022, ("R1", "巡查")), version(2023, ("R1", "日常巡查"))
    address = page("dutylist", "compare")
    answer = editor.get(address, {"old": old.pk, "new": new.pk})
    assert "<ins>日常巡查</ins>" in answer.content.decode()
    assert editor.get(address, {"new": new.pk}).context["comparison"].old == old
    assert editor.get(address).context["comparison"] is None


def test_versions_of_different_lists_are_not_compared(editor: Client) -> None:
    old = version(2022)
    draft = actions.import_list(
        kind="assist", effective_from=dt.date(2022, 1, 1), rows=sheet(("B1", "协助")), source="x", **WHO
    )
    other = actions.publish_list(list_id=draft.pk, **WHO)
    answer = editor.get(page("dutylist", "compare"), {"old": old.pk, "new": other.pk})
    assert answer.context["problem"]
    assert answer.context["comparison"] is None


@pytest.mark.parametrize(
    "query", ["old=x&new=y", "old=1&new=" + "9" * 400, "old=&new=", "new=0", "old=-1&new=1.5"]
)
def test_no_address_breaks_the_comparison(editor: Client, query: str) -> None:
    version(2022)
    answer = editor.get(f"{page('dutylist', 'compare')}?{query}")
    assert answer.status_code == 200
    assert answer.context["comparison"] is None


def test_a_draft_is_compared_by_those_who_edit_only(editor: Client) -> None:
    old, draft = version(2022), version(2027, published=False)
    query = {"old": old.pk, "new": draft.pk}
    assert editor.get(page("dutylist", "compare"), query).context["comparison"] is not None
    reader = person(Membership.Role.MEMBER).get(page("dutylist", "compare"), query)
    assert reader.context["comparison"] is None
    assert draft not in reader.context["versions"]


def test_publishing_sets_the_day_from_which_it_counts() -> None:
    version(2022)
    draft = version(2027, published=False)
    day = dt.date(2027, 3, 1)
    published = actions.publish_list(list_id=draft.pk, effective_from=day, **WHO)
    assert (published.effective_from, published.is_published) == (day, True)
    assert (
        Entry.objects.filter(kind="duty_list.published").latest("pk").data["effective_from"] == "2027-03-01"
    )
    with pytest.raises(AlreadyPublished):
        actions.publish_list(list_id=draft.pk, effective_from=day, **WHO)


@pytest.mark.parametrize("day", ["2022-01-01", "2021-06-01", "2028-01-01"])
def test_a_day_that_another_version_has_or_had_is_refused_beside_the_field(editor: Client, day: str) -> None:
    version(2022)
    draft = version(2027, published=False)
    version(2028, published=False)
    answer = editor.post(page("dutylist", "do", draft.pk, "publish"), {"effective_from": day})
    [publish] = [one for one in answer.context["possible"] if one.verb.name == "publish"]
    assert publish.is_open
    assert "effective_from" in publish.form.errors
    draft.refresh_from_db()
    assert not draft.is_published


def test_the_next_version_begins_as_a_copy_and_is_led_to(editor: Client) -> None:
    one = version(2022)
    sent = {"effective_from": "2027-01-01", "source": "雨办发〔2026〕9号"}
    answer = editor.post(page("dutylist", "do", one.pk, "start_draft"), sent)
    draft = DutyList.objects.drafts().get()
    assert answer["Location"] == page("dutylist", "change", draft.pk)
    assert (draft.version, draft.source) == (2, "雨办发〔2026〕9号")
    assert comparison(one, draft).is_empty
    assert one.items.count() == draft.items.count() == 2
    assert journaled("duty_list.copied") == ["duty_list.copied"]
    with pytest.raises(DraftThere):
        actions.start_draft(list_id=one.pk, effective_from=dt.date(2028, 1, 1), source="x", **WHO)


@pytest.mark.parametrize(
    ("day", "source", "refusal"), [(2022, "x", WrongOrder), (2021, "x", WrongOrder), (2027, " ", Invalid)]
)
def test_a_copy_needs_a_later_day_and_a_source(day: int, source: str, refusal: type[Exception]) -> None:
    one = version(2022)
    with pytest.raises(refusal):
        actions.start_draft(list_id=one.pk, effective_from=dt.date(day, 1, 1), source=source, **WHO)
    assert DutyList.objects.count() == 1


def test_items_are_added_to_a_draft_and_taken_out_again(editor: Client) -> None:
    draft = version(2027, published=False)
    address = page("dutylist", "do", draft.pk, "add_item")
    assert editor.post(address, {"code": "R7", "name": "接待", "category": "综合"}).status_code == 302
    item = draft.items.get(code="R7")
    assert (item.number, item.category, item.source) == (3, "综合", draft.source)
    again = editor.post(address, {"code": "R7", "name": "又一次"})
    assert again.status_code == 200
    assert draft.items.count() == 3
    answer = editor.post(page("dutyitem", "do", item.pk, "remove"))
    assert answer["Location"] == page("dutylist", "change", draft.pk)
    assert draft.items.count() == 2
    assert journaled("duty_list.item") == ["duty_list.item_added", "duty_list.item_removed"]


def test_nothing_is_added_to_or_taken_from_a_published_list(editor: Client) -> None:
    one = version(2022)
    item = one.items.get(code="R1")
    with pytest.raises(AlreadyPublished):
        actions.add_item(list_id=one.pk, code="R9", name="接待", **WHO)
    with pytest.raises(AlreadyPublished):
        actions.remove_item(item_id=item.pk, **WHO)
    editor.post(page("dutyitem", "do", item.pk, "remove"))
    editor.post(page("dutylist", "do", one.pk, "discard"))
    assert DutyItem.objects.filter(list=one).count() == 2


def test_an_item_is_added_with_what_may_be_set_only() -> None:
    draft = version(2027, published=False)
    with pytest.raises(NumberTaken):
        actions.add_item(list_id=draft.pk, code="R1", name="重复", **WHO)
    with pytest.raises(ValueError, match="number"):
        actions.add_item(list_id=draft.pk, code="R9", name="接待", number=1, **WHO)


def test_others_use_no_verb_of_lists_and_items() -> None:
    draft = version(2027, published=False)
    reader = person(Membership.Role.AUDITOR)
    for verb in ("publish", "add_item", "reschedule", "discard", "start_draft"):
        reader.post(page("dutylist", "do", draft.pk, verb), {"effective_from": "2027-01-01"})
    draft.refresh_from_db()
    assert (draft.is_published, draft.items.count()) == (False, 2)


def test_a_discarded_draft_leads_back_to_the_drafts(editor: Client) -> None:
    draft = version(2027, published=False)
    answer = editor.post(page("dutylist", "do", draft.pk, "discard"), follow=True)
    assert answer.redirect_chain[-1][0].endswith("?on=drafts")
    assert not DutyList.objects.exists()


def test_the_page_of_a_list_costs_the_same_for_more_items(editor: Client) -> None:
    version(2022)
    few = version(2027, published=False)
    many = version(2028, *((f"R{number}", "走访") for number in range(1, 60)), published=False)

    def cost(one: DutyList) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert editor.get(page("dutylist", "change", one.pk)).status_code == 200
        return len(queries)

    cost(few)
    assert cost(few) == cost(many)


def test_the_banner_of_the_demo_stands_above_lists_items_and_each_list(editor: Client) -> None:
    actions.load_lists(**WHO)
    one = DutyList.objects.get(kind="responsibility")
    for address in (page("dutylist"), page("dutyitem"), page("dutylist", "change", one.pk)):
        assert len(editor.get(address).context["messages"]) == 1, address
