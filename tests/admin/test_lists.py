"""Every list of the desk: hostile addresses are answered calmly, and more rows cost no more queries."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blocks.models import Block
from cases.models import Category
from staffing.models import Assistant, Membership, PlatformLink, Tenure, Unit, User
from tests.admin.desk import enter, errors, listed, page
from tests.world import World, a_dispatched
from yuhu.journal.models import Entry

LISTS = [
    "cases.case", "cases.category", "staffing.user", "staffing.unit", "staffing.platformlink", "staffing.membership",
    "staffing.tenure", "staffing.assistant", "blocks.street", "blocks.community", "blocks.division", "blocks.block",
    "duties.dutylist", "duties.dutyitem", "duties.calendarday", "duties.steplimit", "services.serviceitem",
]  # fmt: skip

HOSTILE = [
    "o=99", "o=-1.2.x.999999999999999999999", "o=", "p=999999", "p=-1", "p=x", "p=" + "9" * 5000, "q=%00",
    "q=" + "字" * 5000, "q=" + "+".join("ab" for _ in range(900)), "q=%27+OR+1%3D1--", "q=%22unclosed", "nonsense=1",
    "pk__in=1,2", "id__exact=x", "source__startswith=d", "e=1", "e=1&p=999999", "all=", "_facets=1", "_popup=1",
    "_to_field=password", "street=%00", "state=%00", "on=%00", "on=9999-99-99", "vacant=x", "salt__startswith=a",
    "kind__exact=%F0%9F%98%80", "is_active__exact=maybe", "severity__exact=" + "9" * 300, "division=" + "9" * 30,
    "date__year=x", "date__year=99999", "lead_unit__memberships__user__password__startswith=m",
    "reporter__phone_index=a", "explanation__0__code=x",
]  # fmt: skip


@pytest.mark.parametrize("model", LISTS)
def test_no_address_breaks_a_list(world, model):
    a_dispatched(world)
    browser = enter(world.leader)
    found = {query: browser.get(f"{page(model)}?{query}").status_code for query in HOSTILE}
    assert {query: code for query, code in found.items() if code not in (200, 302, 400)} == {}


@pytest.mark.parametrize("model", ["staffing.user", "staffing.tenure", "cases.category", "cases.case"])
@pytest.mark.parametrize("key", ["0", "x", "-1", "9" * 40, "_00", "%2500", "'", "1_2F2"])
def test_a_row_that_is_not_there_is_told(world, model, key):
    browser = enter(world.leader)
    for what in ("change", "history"):
        assert browser.get(page(model, what, key)).status_code in (302, 404)


@pytest.mark.parametrize(
    "query",
    ["", "term=a", "app_label=x&model_name=y&field_name=z", "app_label=staffing&model_name=tenure&field_name=post",
     "app_label=staffing&model_name=tenure&field_name=holder&term=%00",
     "app_label=staffing&model_name=tenure&field_name=holder&page=9999",
     "app_label=staffing&model_name=tenure&field_name=holder&term=" + "a+" * 3000],
)  # fmt: skip
def test_no_address_breaks_the_suggestions(world, query):
    assert enter(world.leader).get(f"/admin/autocomplete/?{query}").status_code in (200, 400, 403, 404)


def more_rows(world: World) -> None:
    """Some more of everything that the lists of staffing and cases show."""
    blocks = list(Block.objects.order_by("code")[10:30])
    for number, block in enumerate(blocks):
        user = User.objects.create_user(f"more{number}", name=f"增{number}")
        Tenure.objects.create(block=block, post="governor", holder=user, starts_on=dt.date(2022, 1, 1))
        Assistant.objects.create(block=block, user=user, kind="liaison_cadre", starts_on=dt.date(2022, 1, 1))
        unit = Unit.objects.create(
            code=f"more-{number}", name=f"增{number}", kind="office", street=block.community.street
        )
        Membership.objects.create(unit=unit, user=user, role="member", starts_on=dt.date(2022, 1, 1))
        PlatformLink.objects.create(
            office=unit, platform=world.unit("coordination"), starts_on=dt.date(2022, 1, 1)
        )
    for number in range(5):
        Category.objects.create(
            code=f"01{number + 90}",
            parent_id="01",
            name=f"增{number}",
            limit_amount=1,
            limit_unit="working_day",
        )


@pytest.mark.parametrize("name", ["leader", "security"])
@pytest.mark.parametrize(
    "model", [name for name in LISTS if name.startswith("staffing")] + ["cases.category"]
)
def test_more_rows_cost_no_more_queries(world, model, name):
    browser = enter(world.people[name])
    browser.get(page(model))
    with CaptureQueriesContext(connection) as few:
        before = len(browser.get(page(model)).context["cl"].result_list)
    more_rows(world)
    with CaptureQueriesContext(connection) as many:
        after = len(browser.get(page(model)).context["cl"].result_list)
    assert after > before or after in (50, 100)
    assert len(many) == len(few) <= 12


def test_lists_read_no_outlines(world):
    browser = enter(world.leader)
    for model in (
        "staffing.tenure",
        "staffing.assistant",
        "staffing.unit",
        "staffing.user",
        "blocks.block",
        "cases.case",
    ):
        with CaptureQueriesContext(connection) as captured:
            browser.get(page(model))
        assert not [one["sql"] for one in captured.captured_queries if '"boundary"' in one["sql"]], model


def limit(**fields: object) -> dict[str, object]:
    given = {
        "aliases": "垃圾;脏",
        "limit_amount": "6",
        "limit_unit": "working_hour",
        "contact_hours": "2",
        "active": "on",
    }
    return {**given, **fields}


def test_the_system_administrator_changes_a_limit_and_the_journal_says_from_what_to_what(world):
    browser = enter(world.admin)
    assert browser.post(page("cases.category", "change", "0101"), limit()).status_code == 302
    category = Category.objects.get(pk="0101")
    assert (category.limit_amount, category.aliases) == (Decimal(6), "垃圾;脏")
    entry = Entry.objects.get(kind="category.changed")
    assert entry.data["changes"]["limit_amount"][1] == "6"
    assert (entry.actor_name, entry.subject_id) == ("安管", "0101")
    assert "→ 6" in browser.get(page("cases.category", "history", "0101")).content.decode()


def test_what_is_not_changed_is_not_journaled(world):
    row = Category.objects.get(pk="0101")
    same = limit(aliases=row.aliases, limit_amount=row.limit_amount, contact_hours=row.contact_hours or "")
    enter(world.admin).post(page("cases.category", "change", "0101"), {**same, "limit_unit": row.limit_unit})
    assert not Entry.objects.filter(kind="category.changed").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"limit_amount": "0"}, "limit_amount"),
        ({"limit_amount": "-1"}, "limit_amount"),
        ({"limit_amount": ""}, "limit_amount"),
        ({"limit_amount": "NaN"}, "limit_amount"),
        ({"limit_amount": "1e9"}, "limit_amount"),
        ({"limit_unit": "fortnight"}, "limit_unit"),
        ({"limit_unit": ""}, "limit_unit"),
        ({"contact_hours": "0"}, "contact_hours"),
        ({"aliases": "字" * 201}, "aliases"),
    ],
    ids=str,
)
def test_a_limit_that_cannot_be_is_told(world, wrong, field):
    answer = enter(world.admin).post(page("cases.category", "change", "0101"), limit(**wrong))
    assert field in errors(answer)
    assert not Entry.objects.filter(kind="category.changed").exists()


def test_a_branch_is_put_out_of_use_without_a_limit(world):
    browser = enter(world.admin)
    assert browser.post(page("cases.category", "change", "01"), {"aliases": ""}).status_code == 302
    assert not Category.objects.get(pk="01").active


@pytest.mark.parametrize("name", ["dispatcher", "leader", "security", "auditor"])
def test_others_change_no_category(world, name):
    assert (
        enter(world.people[name]).post(page("cases.category", "change", "0101"), limit()).status_code == 403
    )


def test_the_tree_stands_in_its_order_and_demo_rows_say_so(world):
    browser = enter(world.leader)
    codes = [row.code for row in listed(browser, "cases.category")]
    assert codes == sorted(codes)
    assert listed(browser, "cases.category", branch="02")[0].code == "02"
    invented = Category.objects.filter(source="demo").count()
    assert 0 < invented < len(codes)
    assert browser.get(page("cases.category")).content.decode().count("admin-demo") == invented
