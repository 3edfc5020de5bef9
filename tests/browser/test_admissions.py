"""A department asks for the admission of a task, the lists answer, the district decides, everybody reads the number."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from duties.models import Admission
from tests.world import World

Open = Callable[..., Any]


def fill(page: Page, title: str) -> None:
    page.fill("input[name=title]", title)
    page.get_by_role("radio", name="街道", exact=True).check()
    page.get_by_role("radio", name="街道配合事项清单").check()
    page.fill("textarea[name=reason]", "节前统一行动，需街道组织力量")
    page.fill("textarea[name=basis]", "《中华人民共和国消防法》第三十一条")
    page.fill("input[name=people]", "2")
    page.fill("textarea[name=people_note]", "从所里抽调")
    page.fill("input[name=amount]", "8000")


def send(page: Page) -> None:
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_load_state()


@pytest.mark.parametrize("width", [360, 1280])
def test_from_the_request_to_the_number_in_the_register(visitor: Open, cast: World, width: int) -> None:
    department = visitor(width)
    department.log_in("department")
    page = department.go("/admin/duties/admission/add/")
    department.fits()
    fill(page, "消防安全巡查")
    send(page)
    # The lists answer: it looks like an item of theirs, and what was typed is still there.
    expect(page.locator(".field-none_covers")).to_contain_text("C0501")
    expect(page.locator("textarea[name=reason]")).to_have_value("节前统一行动，需街道组织力量")
    department.fits()
    page.get_by_role("checkbox", name="相似事项均不涵盖").check()
    send(page)
    expect(page.locator(".messagelist")).to_contain_text("不在清单内")
    department.fits()
    row = Admission.objects.get()

    leader = visitor(width)
    leader.log_in("leader")
    page = leader.go("/admin/")
    page.get_by_role("link", name="待审批的准入申请").click()
    page.get_by_role("link", name="消防安全巡查").click()
    leader.fits()
    expect(page.locator("#content")).to_contain_text("C0501")
    page.locator("#do-approve summary").click()
    page.locator("#do-approve textarea[name=conditions]").fill("经费一次拨付到位")
    leader.fits()
    page.locator("#do-approve").get_by_role("button", name="同意准入").click()
    page.wait_for_load_state()
    row.refresh_from_db()
    expect(page.locator("#content")).to_contain_text(row.code)

    reader = visitor(width)
    reader.log_in("handler")
    page = reader.go("/admin/duties/admission/?state=decided")
    reader.fits()
    expect(page.locator("#result_list")).to_contain_text(row.code)
    page = reader.go(f"/admin/duties/admission/{row.pk}/print/")
    reader.fits()
    expect(page.locator("article")).to_contain_text("经费一次拨付到位")
