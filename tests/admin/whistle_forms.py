"""What the desk's forms for whistles are sent, and how their pages are read."""

import datetime as dt
import io
from typing import Any

import openpyxl

from tests.admin.desk import page
from tests.cases.whistle_makers import (
    unit_of,
)
from tests.world import AT, World, a_signed

WHISTLE, CALL = "cases.whistle", "cases.whistlecall"


NOW = AT + dt.timedelta(minutes=30)


def asking(world: World, **fields: object) -> dict[str, object]:
    """What the form for a new whistle sends."""
    given = {
        "case": a_signed(world).pk,
        "kind": "hard_demand",
        "reason": "多次投诉油烟,街道无执法权",
        "units": [unit_of("区市场监督管理局").pk],
        "task": "查处无照经营",
        "gather_at": "",
        "place": "",
    }
    return {**given, **fields}


def do(browser, model: str, row: Any, verb: str, **fields: object):
    return browser.post(page(model, "do", row.pk, verb), fields, follow=True)


def text_of(browser, model: str, row: Any) -> str:
    return str(browser.get(page(model, "change", row.pk)).content.decode())


def exported(browser, year: int = 2026) -> list[list[object]]:
    answer = browser.get(page(CALL, "scorecard_export"), {"year": year})
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]
