"""The admin's lists of areas: open to whoever holds a post, closed to others, read-only, no query per row."""

import datetime as dt

import pytest
from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import results
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from blocks.admin import DivisionAdmin
from blocks.models import Block, Community, District, Division, Street
from tests.blocks.places import EAST, FIRST, SECOND, WEST, halves, make_areas, make_division
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db

MODELS = (District, Street, Community, Division, Block)
POSTED = Scope(areas=frozenset({WEST}), person=1, has_post=True)


@pytest.fixture
def divisions(monkeypatch) -> tuple[Division, Division]:
    monkeypatch.setattr("yuhu.kit.clock.today", lambda: SECOND)
    make_areas()
    return make_division(), make_division(halves(), on=SECOND)


def request(path: str = "/", *, scope: Scope | None = POSTED):
    made = RequestFactory().get(path)
    made.user = AnonymousUser()
    if scope is not None:
        vars(made)["scope"] = scope
    return made


def listed(model, query: str = "", *, scope: Scope | None = POSTED) -> list:
    asked = request(f"/?{query}", scope=scope)
    return list(admin.site.get_model_admin(model).get_changelist_instance(asked).result_list)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("scope", [Scope.nothing(), Scope(areas=frozenset({WEST}), person=3), None])
def test_without_a_post_nothing_is_seen(divisions, model, scope):
    model_admin = admin.site.get_model_admin(model)
    asked = request(scope=scope)
    assert not model_admin.get_queryset(asked).exists()
    assert not model_admin.has_view_permission(asked)
    assert not model_admin.has_module_permission(asked)


@pytest.mark.parametrize("model", MODELS)
def test_a_post_may_look_and_nobody_may_write(divisions, model):
    model_admin = admin.site.get_model_admin(model)
    asked = request()
    assert listed(model)
    assert model_admin.has_view_permission(asked)
    assert not model_admin.has_add_permission(asked)
    assert not model_admin.has_change_permission(asked)
    assert not model_admin.has_delete_permission(asked)


def test_the_list_of_blocks_shows_those_in_force_unless_asked_otherwise(divisions):
    first, second = divisions
    assert {block.division for block in listed(Block)} == {second}
    assert len(listed(Block, f"division={first.pk}")) == 8
    assert len(listed(Block, "division=all")) == 12


@pytest.mark.parametrize("value", ["x", "9" * 30, "-1", "%00", "２", ""])
def test_a_filter_that_makes_no_sense_is_ignored(divisions, value):
    assert len(listed(Block, f"division={value}")) == 4
    assert len(listed(Block, f"street={value}")) == 4


def test_lists_are_filtered_by_street(divisions):
    Street.objects.create(code="430302002", district_id="430302", name="城正街街道", source="standard")
    for model, count in ((Block, 4), (Community, 2)):
        assert len(listed(model, "street=430302001")) == count
        assert len(listed(model, "street=430302002")) == 0


def test_lists_are_searched_by_name_and_code(divisions):
    assert len(listed(Block, f"q={EAST}")) == 2
    assert len(listed(Block, "q=雨湖路社区第1")) == 1
    assert len(listed(Community, "q=红星")) == 1
    assert len(listed(Street, "q=430302001")) == 1


def test_the_list_of_divisions_says_which_holds_and_how_many_blocks_it_has(divisions):
    model_admin = DivisionAdmin(Division, admin.site)
    found = [
        (row.number, model_admin.in_force(row), model_admin.block_count(row)) for row in listed(Division)
    ]
    assert found == [(2, True, 4), (1, False, 8)]


def queries_to_show(model, query: str = "") -> list[str]:
    """What it takes to render every cell of the list."""
    model_admin = admin.site.get_model_admin(model)
    with CaptureQueriesContext(connection) as captured:
        changelist = model_admin.get_changelist_instance(request(f"/?{query}"))
        vars(changelist)["formset"] = None  # as the view does for a list that cannot be edited
        cells = [list(row) for row in results(changelist)]
    assert len(cells) == changelist.result_count
    return [found["sql"] for found in captured.captured_queries]


@pytest.mark.parametrize("model", [Street, Community, Division, Block])
def test_lists_cost_the_same_for_more_rows_and_read_no_outlines(divisions, model):
    before = queries_to_show(model)
    for number in range(3):
        street = Street.objects.create(
            code=f"43030200{number + 2}", district_id="430302", name=f"街道{number}", source="demo"
        )
        Community.objects.create(
            code=f"{street.code}001", street=street, name="社区", source="demo", boundary={}
        )
        make_division(on=SECOND - dt.timedelta(days=-1 - number))
    after = queries_to_show(model, "division=all" if model is Block else "")
    assert len(after) <= len(before)
    assert not [sql for sql in after if '"boundary"' in sql]


def test_a_single_block_is_shown_without_its_outline(divisions):
    model_admin = admin.site.get_model_admin(Block)
    block = Block.objects.in_force(FIRST).first()
    assert "boundary" not in model_admin.get_fields(request(), block)
    with CaptureQueriesContext(connection) as captured:
        assert model_admin.get_object(request(), str(block.pk)) == block
    assert '"boundary"' not in captured.captured_queries[0]["sql"]
