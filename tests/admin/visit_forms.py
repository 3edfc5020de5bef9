"""What the desk's forms for visits are sent, and how their answers are read."""

import io
from typing import Any

import openpyxl
from django.test import Client

from staffing.models import Finding, Visit
from tests.admin.desk import page
from tests.staffing.visit_makers import TODAY
from tests.world import World

VISIT, FINDING = "staffing.visit", "staffing.finding"


def planned(world: World, **fields: Any) -> dict[str, Any]:
    """What the form for a visit sends: 韩 visits b1 today."""
    given = {
        "kind": "visit",
        "block": world.b1.pk,
        "cadres": [world.handler.pk],
        "level": "street",
        "role": "service",
        "planned_for": TODAY.isoformat(),
        "place": "",
    }
    return {**given, **fields}


def recorded(**fields: Any) -> dict[str, Any]:
    """What the form for a record sends, with one finding."""
    given = {
        "held_on": TODAY.isoformat(),
        "households": "12",
        "summary": "走访十二户",
        "finding_1_kind": "hazard",
        "finding_1_text": "楼道堆物",
        "finding_1_category": "0701",
    }
    return {**given, **fields}


def do(browser: Client, visit: Visit, verb: str, **fields: Any) -> Any:
    return browser.post(page(VISIT, "do", visit.pk, verb), fields, follow=True)


def form_of(answer: Any, verb: str) -> Any:
    return next(one.form for one in answer.context["possible"] if one.verb.name == verb)


def make_case(browser: Client, finding: Finding, **fields: Any) -> Any:
    address = page(FINDING, "do", finding.pk, "report")
    given = {"category": finding.category_code, "description": finding.text, **fields}
    return browser.post(address, given, follow=True)


def rows_of(browser: Client, **query: Any) -> list[tuple[Any, ...]]:
    answer = browser.get(page(VISIT, "export"), query)
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=3)]
