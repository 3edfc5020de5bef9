"""The desk in a real browser: no page with a serious barrier, and a roster that comes in from Excel."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.contrib import admin
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import expect

from staffing.models import Tenure
from tests.world import World, a_dispatched, a_signed
from yuhu.kit import clock

Open = Callable[..., Any]
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"


def barriers(one: Any) -> list[str]:
    """What axe-core calls serious or critical on the page that is open."""
    one.page.evaluate(
        "new Promise((done) => (window.django?.jQuery ?? setTimeout)(done))"
    )  # search boxes are made
    said = len(one.faults)
    # Through the debugger, since the page's own policy lets no strange script in.
    one.page.evaluate(AXE.read_text(encoding="utf-8"))
    result = one.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    del one.faults[said:]  # the checker tries styles of its own
    serious = [one for one in result["violations"] if one["impact"] in ("serious", "critical")]
    return [f"{one['id']} {one['nodes'][0]['target']}" for one in serious]


def addresses() -> Iterator[str]:
    """Every list, every form for a new row, and the first row of every list."""
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_add")
        first = model._default_manager.order_by("pk").first()
        if first is not None and model._meta.label != "cases.Case":
            yield reverse(f"{name}_change", args=[first.pk])


def test_no_page_of_the_desk_has_a_serious_barrier(visitor: Open, cast: World) -> None:
    """Every page by whoever opens it first: the street's leader, a department, the system's administrator."""
    a_signed(cast, at=clock.now())
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for name in ("streetleader", "department_head", "admin"):
        one = visitor(1280)
        one.log_in(name)
        for address in (reverse("admin:index"), *addresses()):
            if address in seen or one.page.goto(one.base + address).status != 200:
                continue
            seen.add(address)
            if wrong := barriers(one):
                found[address] = wrong
    assert found == {}
    assert len(seen) > 60


def test_many_cases_are_chosen_by_keyboard_and_dispatched_to_one_office(visitor: Open, cast: World) -> None:
    case = a_dispatched(cast, at=clock.now())
    officer = visitor(1280)
    officer.log_in("dispatcher")
    page = officer.go(reverse("admin:cases_case_changelist"))
    page.focus(".action-select")
    page.keyboard.press("Space")
    page.select_option("select[name=action]", "urge")
    page.focus("button[name=index]")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_contain_text(case.number)
    assert barriers(officer) == []
    page.fill("textarea[name=comment]", "请今日办结")
    page.get_by_role("button", name="催办").click()
    expect(page.locator(".messagelist")).to_contain_text("1")


def test_a_roster_comes_in_from_excel(visitor: Open, cast: World, tmp_path: Path) -> None:
    leader = visitor(1280)
    leader.log_in("streetleader")
    page = leader.go(reverse("admin:staffing_rosterimport_add"))
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载现行花名册").click()
    sheet = tmp_path / "roster.xlsx"
    taken.value.save_as(sheet)
    book = load_workbook(sheet)
    rows: Any = book.active
    names = {cell.value: cell.column for cell in rows[1]}
    line = next(row[0].row for row in rows.iter_rows(min_row=2) if row[names["姓名"] - 1].value == "高志远")
    rows.cell(line, names["姓名"]).value, rows.cell(line, names["工号"]).value = "新来人", "E-new"
    rows.cell(line, names["任职日期"]).value = None
    book.save(sheet)
    page.set_input_files("input[type=file]", str(sheet))
    page.get_by_role("button", name="查看将发生的变动").click()
    expect(page.locator(".admin-plan")).to_contain_text("新来人")
    assert barriers(leader) == []
    page.get_by_role("button", name="确认变动并生效").click()
    expect(page.locator(".admin-plan")).to_contain_text("已于", timeout=20_000)
    holder = Tenure.objects.on(clock.today()).get(block=cast.b1, post="governor").holder
    assert holder is not None
    assert holder.name == "新来人"
