"""Small makers for the tests of the duties: moments, departments, sheets."""

import datetime as dt
from collections.abc import Sequence

from blocks.models import District
from staffing.models import Unit
from yuhu.journal.models import Entry
from yuhu.kit.clock import LOCAL
from yuhu.kit.excel.lines import Row
from yuhu.kit.worktime import Window

AT = dt.datetime(2022, 11, 22, 2, 0, tzinfo=dt.UTC)


def local(text: str) -> dt.datetime:
    """A moment on the district's clock."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def department(name: str, code: str) -> Unit:
    """A district department."""
    district, _created = District.objects.get_or_create(
        code="430302", defaults={"name": "雨湖区", "source": "standard"}
    )
    facts = {"name": name, "kind": Unit.Kind.DEPARTMENT, "district": district}
    unit, _made = Unit.objects.get_or_create(code=f"430302-{code}", defaults=facts)
    return unit


def sheet(*items: tuple[str, str], **more: str) -> list[Row]:
    """Rows of a list sheet from (code, name)."""
    return [{"item_code": code, "item_zh": name, **more} for code, name in items]


def plan(valid_from: dt.date, closes: int = 17) -> Sequence[Window]:
    """Office hours from 9 to 12 and 13 to ``closes`` on every day of the year."""
    return [
        Window(valid_from, "01-01", "12-31", dt.time(9), dt.time(12)),
        Window(valid_from, "01-01", "12-31", dt.time(13), dt.time(closes)),
    ]


def journaled(prefix: str) -> list[str]:
    """The kinds of journal entries that begin with ``prefix``, in order."""
    return list(Entry.objects.filter(kind__startswith=prefix).order_by("id").values_list("kind", flat=True))
